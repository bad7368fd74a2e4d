// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.HomeChoice;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.Route;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * To which partition of a partitioned queue a session sends: always to the same one, so that its messages stay in their order, until the broker of that is
 * away; then to another, and to that one from then on. A message group has a partition of its own, the same for all sessions. Sessions begin with different
 * partitions.
 *
 * <p>A broker that could not be reached is not tried again for {@value #AWAY_SECONDS} seconds, as long as there are others. Belongs to the session's
 * thread; waits for connections.
 */
final class PartitionChoice {

    private static final int AWAY_SECONDS = 5;
    private static final long AWAY_NANOS = AWAY_SECONDS * 1_000_000_000L;

    private final Link link;
    private final LongSupplier nanoClock;
    private final int lane;
    private final Map<String, String> brokerByTopic = new HashMap<>();
    private final Map<String, Long> awayAtNanos = new HashMap<>();

    /**
     * No choice yet.
     *
     * @param lane of the session
     */
    PartitionChoice(Link link, LongSupplier nanoClock, int lane) {
        this.link = link;
        this.nanoClock = nanoClock;
        this.lane = lane;
    }

    /**
     * The partition for the next message: the first one, in this session's order, whose broker is there. If none is, the first of all, where the message
     * waits.
     *
     * @param group message group that it belongs to, null for none
     * @param transaction broker that the present transaction is on; null if it is on none
     */
    Route choose(Route route, @Nullable String group, @Nullable String transaction) {
        List<Route.Home> order = order(route, group);
        if (transaction != null && group == null) {
            for (Route.Home home : order) {
                if (home.broker().equals(transaction)) {
                    return route.only(home);
                }
            }
        }
        Route.Home chosen = order.get(0);
        for (Route.Home home : order) {
            if (isThere(home)) {
                chosen = home;
                break;
            }
        }
        if (group == null) {
            brokerByTopic.put(route.topic(), chosen.broker());
        }
        return route.only(chosen);
    }

    /** A message could not be sent to a partition. */
    void unreachable(Route.Home home) {
        awayAtNanos.put(home.broker(), nanoClock.getAsLong());
    }

    private List<Route.Home> order(Route route, @Nullable String group) {
        Map<String, Route.Home> homes = new HashMap<>();
        List<String> brokers = new ArrayList<>();
        for (Route.Home home : route.homes()) {
            homes.put(home.broker(), home);
            brokers.add(home.broker());
        }
        if (group != null) {
            brokers = HomeChoice.of(group, brokers, brokers.size());
        } else {
            Collections.rotate(brokers, -Math.floorMod(lane, brokers.size()));
            String last = brokerByTopic.get(route.topic());
            if (last != null && brokers.remove(last)) {
                brokers.add(0, last);
            }
        }
        List<Route.Home> order = new ArrayList<>();
        for (String broker : brokers) {
            Route.Home home = homes.get(broker);
            if (home != null) {
                order.add(home);
            }
        }
        return order;
    }

    private boolean isThere(Route.Home home) {
        if (link.isReached(home)) {
            return true;
        }
        Long away = awayAtNanos.get(home.broker());
        if (away != null && nanoClock.getAsLong() - away < AWAY_NANOS) {
            return false;
        }
        try {
            Failures.await(link.tryReach(home), "cannot reach broker " + home.broker());
            awayAtNanos.remove(home.broker());
            return link.isReached(home);
        } catch (JMSException unreached) {
            unreachable(home);
            return false;
        }
    }
}
