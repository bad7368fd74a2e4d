// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups whose branches a link can say something about, at all brokers of the cluster, as these come and go: a broker that was away, with branches that wait for a decision, has to find somebody to ask, although
 * nobody here has anything to do with it otherwise.
 *
 * <p>Joining is repeated in turns, whether or not a connection was lost since: that is one small request in two seconds, and nothing can be overlooked. Any thread; runs on event loops.
 */
final class Memberships {

    private static final Logger LOG = LoggerFactory.getLogger(Memberships.class);

    /** A broker that comes back asks whom it knows; sooner is of no use, as it waits itself before it asks. */
    private static final Duration TURN = Duration.ofSeconds(2);

    private final Wire wire;
    private final ReconnectingLink link;
    private final Map<String, Link.Asked> groups = new ConcurrentHashMap<>();

    Memberships(Wire wire, ReconnectingLink link) {
        this.wire = wire;
        this.link = link;
        wire.onCheck((broker, group, branch) -> {
            Link.Asked member = groups.get(group);
            if (member != null) {
                member.about(broker, branch);
            }
        });
    }

    /** See {@link Link#join}. */
    void join(String group, Link.Asked asked) {
        if (groups.put(group, asked) == null) {
            turn(group);
        }
    }

    private void turn(String group) {
        var unused = wire.brokers()
                .thenCompose(homes -> CompletableFuture.allOf(
                        homes.stream().map(home -> join(home, group)).toArray(CompletableFuture<?>[]::new)))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.debug("group {} is not known to all brokers", group, failure);
                    }
                    if (!link.isClosed()) {
                        wire.after(TURN, () -> turn(group));
                    }
                });
    }

    /** Over the path of the broker, which others may use. */
    private CompletableFuture<Void> join(Route.Home home, String group) {
        return link.path(home).reach(home).thenCompose(at -> wire.join(at, group));
    }
}
