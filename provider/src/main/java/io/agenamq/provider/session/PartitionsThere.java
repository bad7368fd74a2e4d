// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Which homes of a destination can be used now. */
final class PartitionsThere {

    private PartitionsThere() {}

    /**
     * The homes whose brokers are there, of a partitioned queue; all, of any other destination, and of a queue none of whose brokers is there: they are
     * waited for. Waits for connections, which are made all at once.
     */
    static List<Route.Home> of(Link link, Route route) {
        if (!route.isPartitioned()) {
            return route.homes();
        }
        List<CompletableFuture<Boolean>> reached = new ArrayList<>();
        for (Route.Home home : route.homes()) {
            reached.add(link.tryReach(home).handle((done, failure) -> failure == null));
        }
        List<Route.Home> there = new ArrayList<>();
        for (int i = 0; i < reached.size(); i++) {
            if (reached.get(i).join()) {
                there.add(route.homes().get(i));
            }
        }
        return there.isEmpty() ? route.homes() : there;
    }
}
