// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.HomeChoice;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsHome;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsResolveRequest;
import io.agenamq.protocol.command.JmsResolveResponse;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Finds the brokers that a destination lives on, and has it created if it lives nowhere.
 *
 * <p>The name servers say which brokers have it; one of these says what kind it is. If nobody has it, the broker that {@link HomeChoice} names is
 * asked to create it. That broker asks the name servers whether it may, so that clients that see different brokers end at the same one: whoever
 * comes to the wrong one is sent on. Any thread; nothing blocks.
 */
final class HomeFinder {

    /** Sent on more often than this, somebody is wrong. */
    private static final int HOPS_MAX = 3;

    private static final String DEAD_LETTERS = "%DLQ%";

    private final RemotingClient client;
    private final NameServers nameServers;
    private final Duration timeout;

    HomeFinder(RemotingClient client, NameServers nameServers, Duration timeout) {
        this.client = client;
        this.nameServers = nameServers;
        this.timeout = timeout;
    }

    /** See {@link Link#resolve}. */
    CompletableFuture<Route> resolve(String name, DestinationKind kind, boolean create) {
        JmsResolveRequest request = new JmsResolveRequest(TopicNames.topicOf(name), kind, create);
        return create && request.topic().startsWith(DEAD_LETTERS) ? deadLetters(request) : resolve(request);
    }

    /** Dead letters of a queue with several homes have the same ones, each of which may have none yet. */
    private CompletableFuture<Route> deadLetters(JmsResolveRequest request) {
        return nameServers
                .homes(request.topic().substring(DEAD_LETTERS.length()))
                .exceptionally(unknown -> List.of())
                .thenCompose(homes -> homes.size() > 1 ? atAll(request, homes) : resolve(request));
    }

    private CompletableFuture<Route> atAll(JmsResolveRequest request, List<Route.Home> homes) {
        List<CompletableFuture<Route>> answers = new ArrayList<>();
        homes.forEach(home -> answers.add(ask(request, home.broker(), home.address(), 0)));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    List<Route.Home> found = new ArrayList<>();
                    answers.forEach(answer -> found.addAll(answer.join().homes()));
                    return new Route(request.topic(), request.kind(), found, found.size());
                });
    }

    private CompletableFuture<Route> resolve(JmsResolveRequest request) {
        return nameServers
                .homes(request.topic())
                .thenCompose(homes -> resolve(request, homes, 0))
                .exceptionallyCompose(failure -> {
                    ClientException why = ClientException.of(failure);
                    return why.reason() == Reason.NO_SUCH_DESTINATION && request.create()
                            ? create(request)
                            : CompletableFuture.failedFuture(why);
                });
    }

    /** Asks the homes, from {@code index} on, until one answers. */
    private CompletableFuture<Route> resolve(JmsResolveRequest request, List<Route.Home> homes, int index) {
        Route.Home home = homes.get(index);
        return ask(request, home.broker(), home.address(), 0)
                .thenApply(at -> homes.size() > 1 ? new Route(request.topic(), at.kind(), homes, at.partitions()) : at)
                .exceptionallyCompose(failure -> {
                    ClientException why = ClientException.of(failure);
                    return why.isConnectionFailure() && index + 1 < homes.size()
                            ? resolve(request, homes, index + 1)
                            : CompletableFuture.failedFuture(why);
                });
    }

    /** Creates a destination, or finds one that the name servers do not know yet. */
    private CompletableFuture<Route> create(JmsResolveRequest request) {
        return nameServers.brokers().thenCompose(brokers -> {
            String broker = HomeChoice.of(request.topic(), brokers.keySet());
            return ask(request, broker, Objects.requireNonNull(brokers.get(broker)), 0);
        });
    }

    private CompletableFuture<Route> ask(JmsResolveRequest request, String broker, HostPort address, int hops) {
        return client.call(address, JmsCode.RESOLVE, request, Body.EMPTY, timeout)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(Answers.failure(failure)))
                .thenCompose(frame -> answered(request, broker, address, hops, frame));
    }

    private CompletableFuture<Route> answered(
            JmsResolveRequest request, String broker, HostPort address, int hops, Frame frame) {
        if (frame.code() == JmsRefusal.LIVES_ELSEWHERE.code() && hops < HOPS_MAX) {
            JmsHome home = JmsHome.readFrom(frame.fields());
            if (home.broker() != null && home.address() != null) {
                return ask(request, home.broker(), HostPort.parse(home.address()), hops + 1);
            }
        }
        if (frame.code() != ResponseCode.SUCCESS) {
            return CompletableFuture.failedFuture(Answers.refusal(frame));
        }
        JmsResolveResponse found = JmsResolveResponse.readFrom(frame.fields());
        return CompletableFuture.completedFuture(new Route(
                request.topic(),
                found.kind(),
                List.of(new Route.Home(broker, address, found.queueCount())),
                found.partitions()));
    }
}
