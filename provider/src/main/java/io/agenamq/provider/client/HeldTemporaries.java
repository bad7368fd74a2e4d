// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsCreateTemporaryRequest;
import io.agenamq.protocol.command.TemporaryTopic;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The temporary destinations of a {@link ReconnectingLink}, all on the broker that it has chosen for the first. */
final class HeldTemporaries implements Temporaries {

    private final Wire wire;
    private final ReconnectingLink link;
    private final ConcurrentMap<String, HeldTemporary> byTopic = new ConcurrentHashMap<>();
    private volatile Route.@Nullable Home chosen;

    HeldTemporaries(Wire wire, ReconnectingLink link) {
        this.wire = wire;
        this.link = link;
    }

    /** The broker that was chosen, unless nothing is there yet, and it neither. */
    private CompletableFuture<Route.Home> home() {
        Route.Home known = chosen;
        if (known != null && (!byTopic.isEmpty() || link.path(known).isReached())) {
            return CompletableFuture.completedFuture(known);
        }
        return link.insist(wire::anyBroker).thenApply(home -> {
            chosen = home;
            return home;
        });
    }

    @Override
    public CompletableFuture<Route> create(String unique, DestinationKind kind, String owner) {
        return home().thenCompose(home -> {
            String topic = TemporaryTopic.of(unique);
            BrokerPath path = link.path(home);
            HeldTemporary temporary = new HeldTemporary(path, new JmsCreateTemporaryRequest(topic, kind, owner));
            byTopic.put(topic, temporary);
            return link.insist(path, () -> path.reach(home)
                            .thenCompose(
                                    at -> wire.createTemporary(at.address(), temporary.request(), temporary::lost)))
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            forget(topic);
                        }
                    })
                    .thenApply(done -> new Route(topic, kind, List.of(home)));
        });
    }

    /** Asked again after a loss of the connection: then it is made again first, and deleted for good. */
    @Override
    public CompletableFuture<Void> delete(Route route) {
        Route.Home home = route.homes().get(0);
        BrokerPath path = link.path(home);
        return link.insist(path, () -> path.reach(home)
                        .thenCompose(at -> wire.deleteTemporary(at.address(), route.topic())))
                .thenAccept(done -> forget(route.topic()));
    }

    private void forget(String topic) {
        HeldTemporary gone = byTopic.remove(topic);
        if (gone != null) {
            gone.end();
        }
    }

    /** Without a connection there is nothing to delete. */
    @Override
    public CompletableFuture<Void> deleteAll() {
        Route.Home home = chosen;
        if (home == null || byTopic.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        byTopic.keySet().forEach(this::forget);
        return wire.deleteTemporaries(link.path(home).address());
    }

    @Override
    public CompletableFuture<Route> find(String broker, String unique, DestinationKind kind) {
        String topic = TemporaryTopic.of(unique);
        BrokerPath path = link.knownPath(broker);
        if (path != null) {
            return CompletableFuture.completedFuture(
                    new Route(topic, kind, List.of(new Route.Home(broker, path.address(), 1))));
        }
        return link.insist(() -> wire.broker(broker)).thenApply(home -> new Route(topic, kind, List.of(home)));
    }

    @Override
    public CompletableFuture<Void> requireThere(Route route) {
        Route.Home home = route.homes().get(0);
        BrokerPath path = link.path(home);
        return link.insist(path, () -> path.reach(home)
                .thenCompose(at -> wire.requireThere(at.address(), route.topic(), route.kind())));
    }
}
