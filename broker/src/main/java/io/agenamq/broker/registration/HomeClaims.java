// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.registration;

import io.agenamq.broker.delivery.HomeAuthority;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsHome;
import io.agenamq.protocol.command.JmsHomeRequest;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks the name servers where destinations live, and claims them: all name servers that answer, one after another in the order of their addresses,
 * so that of two brokers which claim one name at once, the second is refused by the first name server that both reach. A broker that reaches none of
 * them creates nothing for clients; one that is configured with none is alone. Any thread.
 */
public final class HomeClaims implements HomeAuthority {

    private final RemotingClient client;
    private final String broker;
    private final List<HostPort> nameServers;
    private final Duration timeout;

    /**
     * Claims of a broker.
     *
     * @param broker its name
     * @param timeout for one answer of a name server
     */
    public HomeClaims(RemotingClient client, String broker, List<HostPort> nameServers, Duration timeout) {
        this.client = client;
        this.broker = broker;
        this.nameServers = nameServers.stream()
                .sorted(Comparator.comparing(HostPort::toString))
                .toList();
        this.timeout = timeout;
    }

    @Override
    public CompletableFuture<Verdict> ask(String topic, boolean take) {
        return nameServers.isEmpty()
                ? CompletableFuture.completedFuture(Verdict.HERE)
                : ask(new JmsHomeRequest(topic, broker, take), 0, null, "");
    }

    /** Asks the name servers from {@code index} on; those before have agreed on {@code before}, or not answered. */
    private CompletableFuture<Verdict> ask(JmsHomeRequest request, int index, @Nullable JmsHome before, String why) {
        if (index == nameServers.size()) {
            return CompletableFuture.completedFuture(
                    before == null
                            ? Verdict.unknown("no name server can say whether it lives elsewhere: " + why)
                            : verdict(before));
        }
        HostPort nameServer = nameServers.get(index);
        return client.call(nameServer, JmsCode.HOME, request, Body.EMPTY, timeout)
                .<@Nullable Frame>thenApply(frame -> frame)
                .exceptionally(failure -> null)
                .thenCompose(frame -> frame == null
                        ? ask(request, index + 1, before, "name server " + nameServer + " does not answer")
                        : answered(request, index, before, frame));
    }

    private CompletableFuture<Verdict> answered(
            JmsHomeRequest request, int index, @Nullable JmsHome before, Frame frame) {
        if (frame.code() == ResponseCode.REQUEST_CODE_NOT_SUPPORTED) {
            // RocketMQ's own: it decides nothing, and keeps nobody from creating.
            JmsHome granted = request.take() ? new JmsHome(broker, null) : JmsHome.NOWHERE;
            return ask(request, index + 1, before == null ? granted : before, "");
        }
        if (frame.code() != ResponseCode.SUCCESS) {
            return ask(request, index + 1, before, String.valueOf(frame.remark()));
        }
        JmsHome home = JmsHome.readFrom(frame.fields());
        boolean elsewhere = home.broker() != null && !home.broker().equals(broker);
        // The others would only say the same, or know of nothing.
        return elsewhere
                ? CompletableFuture.completedFuture(Verdict.of(home))
                : ask(request, index + 1, before == null || before.broker() == null ? home : before, "");
    }

    private Verdict verdict(JmsHome home) {
        return home.broker() == null ? Verdict.of(home) : Verdict.HERE;
    }
}
