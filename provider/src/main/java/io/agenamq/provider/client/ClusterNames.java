// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsClientIdRequest;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.JmsUnsubscribeRequest;
import io.agenamq.protocol.command.JmsVacateRequest;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Header;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Names that mean one thing in the whole cluster, client identifiers and those of durable subscriptions: what concerns them is asked of every broker
 * that the name servers know.
 *
 * <p>A client identifier is taken at all of them, one after another in the order of their names, and is this connection's if nobody refuses: whoever else
 * wants it meets it at any broker that both have reached, whichever is away. It is taken again with each new connection to a broker, before that is used.
 *
 * <p>Any thread; nothing blocks.
 */
final class ClusterNames {

    private final RemotingClient client;
    private final NameServers nameServers;
    private final Duration timeout;

    /** Connections to brokers that are open. */
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    /** What each new connection takes; null for nothing. */
    private volatile @Nullable JmsClientIdRequest held;

    /** One broker. */
    private record Broker(String name, HostPort address) {}

    ClusterNames(RemotingClient client, NameServers nameServers, Duration timeout) {
        this.client = client;
        this.nameServers = nameServers;
        this.timeout = timeout;
    }

    /** A new connection to a broker is about to be used. */
    CompletableFuture<Void> opened(Connection connection) {
        connections.add(connection);
        connection.onClose(() -> connections.remove(connection));
        JmsClientIdRequest taken = held;
        return taken == null ? CompletableFuture.completedFuture(null) : call(connection, taken);
    }

    private CompletableFuture<Void> call(Connection connection, JmsClientIdRequest request) {
        return Answers.map(connection.call(JmsCode.CLIENT_ID, request, Body.EMPTY, timeout), frame -> null);
    }

    private CompletableFuture<Void> call(HostPort broker, int code, Header request) {
        return Answers.map(client.call(broker, code, request, Body.EMPTY, timeout), frame -> null);
    }

    private CompletableFuture<List<Broker>> brokers() {
        return nameServers.brokers().thenApply(byName -> {
            List<Broker> brokers = new ArrayList<>();
            for (Map.Entry<String, HostPort> each : byName.entrySet()) {
                brokers.add(new Broker(each.getKey(), each.getValue()));
            }
            return brokers;
        });
    }

    // ---- client identifiers

    /** See {@link Wire#clientId}. */
    CompletableFuture<Void> take(String clientId, String owner) {
        JmsClientIdRequest request = new JmsClientIdRequest(clientId, owner, true);
        return brokers()
                .thenCompose(brokers -> take(request, brokers, 0, 0, null))
                .thenRun(() -> held = request)
                .exceptionallyCompose(failure -> {
                    ClientException why = ClientException.of(failure);
                    return why.isConnectionFailure()
                            ? CompletableFuture.failedFuture(why)
                            : giveBack(clientId, owner)
                                    .handle((done, ignored) -> why)
                                    .thenCompose(CompletableFuture::failedFuture);
                });
    }

    /** Takes it at the brokers from {@code index} on; a broker that cannot be reached is passed over, unless all are. */
    private CompletableFuture<Void> take(
            JmsClientIdRequest request,
            List<Broker> brokers,
            int index,
            int takenCount,
            @Nullable ClientException why) {
        if (index == brokers.size()) {
            return takenCount > 0 || why == null
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(why);
        }
        return call(brokers.get(index).address(), JmsCode.CLIENT_ID, request)
                .handle((done, failure) -> failure == null ? null : ClientException.of(failure))
                .thenCompose(failure -> {
                    if (failure == null) {
                        return take(request, brokers, index + 1, takenCount + 1, why);
                    } else if (failure.isConnectionFailure() || failure.reason() == Reason.TIMED_OUT) {
                        return take(request, brokers, index + 1, takenCount, failure);
                    }
                    return CompletableFuture.failedFuture(failure);
                });
    }

    /** Gives it back at all brokers that it was taken at; without a connection it is free. */
    CompletableFuture<Void> giveBack(String clientId, String owner) {
        held = null;
        JmsClientIdRequest request = new JmsClientIdRequest(clientId, owner, false);
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        connections.forEach(connection -> answers.add(call(connection, request)));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    }

    // ---- subscriptions

    /**
     * Ends a durable subscription on whichever broker it is.
     *
     * @param expected brokers that may have it although the name servers do not know them at present
     */
    CompletableFuture<Void> unsubscribe(String name, @Nullable String clientId, Set<String> expected) {
        JmsUnsubscribeRequest request = new JmsUnsubscribeRequest(name, clientId);
        return brokers().thenCompose(brokers -> {
            List<CompletableFuture<@Nullable ClientException>> answers = new ArrayList<>();
            for (Broker broker : brokers) {
                answers.add(call(broker.address(), JmsCode.UNSUBSCRIBE, request)
                        .handle((done, failure) -> failure == null ? null : ClientException.of(failure)));
            }
            for (String broker : expected) {
                if (brokers.stream().noneMatch(there -> there.name().equals(broker))) {
                    answers.add(CompletableFuture.completedFuture(new ClientException(
                            Reason.UNREACHABLE, "broker " + broker + " is away, and the subscription may be there")));
                }
            }
            return all(answers).thenAccept(ClusterNames::requireEnded);
        });
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> answers) {
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }

    /** At one broker it has ended, and none refuses; the others may be away. */
    private static void requireEnded(List<@Nullable ClientException> outcomes) {
        ClientException missing = null;
        ClientException unreachable = null;
        boolean ended = false;
        for (ClientException failure : outcomes) {
            if (failure == null) {
                ended = true;
            } else if (failure.reason() == Reason.NO_SUCH_SUBSCRIPTION) {
                missing = failure;
            } else if (failure.isConnectionFailure() || failure.reason() == Reason.TIMED_OUT) {
                unreachable = failure;
            } else {
                throw failure;
            }
        }
        if (!ended && unreachable != null) {
            throw unreachable;
        } else if (!ended && missing != null) {
            throw missing;
        }
    }

    /**
     * Makes the name of a subscription free at all brokers but those that its topic lives on.
     *
     * @param route where its topic lives
     */
    CompletableFuture<Void> vacate(Route route, JmsSubscription subscription) {
        JmsVacateRequest request = new JmsVacateRequest(route.topic(), subscription);
        return brokers().thenCompose(brokers -> {
            List<CompletableFuture<Void>> answers = new ArrayList<>();
            for (Broker broker : brokers) {
                boolean isHome =
                        route.homes().stream().anyMatch(home -> home.broker().equals(broker.name()));
                if (!isHome) {
                    answers.add(call(broker.address(), JmsCode.VACATE, request).exceptionallyCompose(failure -> {
                        ClientException why = ClientException.of(failure);
                        // What is there cannot be used now; unsubscribe finds it when it is there again.
                        return why.isConnectionFailure() || why.reason() == Reason.TIMED_OUT
                                ? CompletableFuture.completedFuture(null)
                                : CompletableFuture.failedFuture(why);
                    }));
                }
            }
            return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
        });
    }
}
