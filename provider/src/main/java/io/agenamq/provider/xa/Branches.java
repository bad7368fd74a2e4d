// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.xa;

import io.agenamq.protocol.command.JmsBranch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The branches of one cluster and one user that have begun in this virtual machine and are not over. A transaction manager may begin a branch with one connection,
 * join it with a second and decide it with a third: they all look here first, so that beginning and ending costs no question to a broker. What is not
 * here, because its process is gone, the brokers are asked for.
 *
 * <p>Any thread.
 */
public final class Branches {

    private final Map<JmsBranch, Branch> known = new ConcurrentHashMap<>();

    Branches() {}

    /** Enters a branch; false if it is there. */
    boolean enter(Branch branch) {
        return known.putIfAbsent(branch.id(), branch) == null;
    }

    @Nullable
    Branch get(JmsBranch id) {
        return known.get(id);
    }

    void remove(Branch branch) {
        known.remove(branch.id(), branch);
    }
}
