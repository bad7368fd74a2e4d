// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.xa;

import io.agenamq.remoting.HostPort;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which connections are to the same resource manager, in the words of JTA: those of one user to one cluster, whichever factory made them. A cluster is known by its
 * name servers, as the factory lists them in any order; who lists them differently gets branches of his own, which is always right.
 *
 * <p>Any thread.
 */
public final class ResourceManagers {

    private record Key(Set<HostPort> nameServers, String user) {}

    /** Gone with the last connection that has it. */
    private final Map<Key, WeakReference<Branches>> branches = new ConcurrentHashMap<>();

    /** Knows of nothing yet. */
    public ResourceManagers() {}

    /** The branches that connections of a user to a cluster share. */
    public Branches branchesOf(Collection<HostPort> nameServers, @Nullable String user) {
        branches.values().removeIf(reference -> reference.get() == null);
        Branches made = new Branches();
        while (true) {
            Branches shared = branches.compute(
                            new Key(Set.copyOf(nameServers), user == null ? "" : user),
                            (key, known) -> known == null || known.get() == null ? new WeakReference<>(made) : known)
                    .get();
            if (shared != null) {
                return shared;
            }
        }
    }
}
