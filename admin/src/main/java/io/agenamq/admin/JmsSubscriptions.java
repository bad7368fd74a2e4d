// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsSeekRequest;
import io.agenamq.protocol.command.JmsSeekResponse;
import io.agenamq.protocol.command.JmsSubscriptionsBody;
import io.agenamq.protocol.command.JmsSubscriptionsRequest;
import io.agenamq.protocol.command.JmsUnsubscribeRequest;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operator asks of durable subscriptions, as calls to the brokers that have them. */
final class JmsSubscriptions {

    private final ClusterCalls calls;

    JmsSubscriptions(ClusterCalls calls) {
        this.calls = calls;
    }

    /** The subscriptions of these brokers, by topic and name. */
    List<SubscriptionStatus> list(@Nullable String topic, List<BrokerData> brokers) {
        List<SubscriptionStatus> all = new ArrayList<>();
        for (BrokerData broker : brokers) {
            String address = broker.primaryAddress();
            if (address != null) {
                Frame answer = ClusterCalls.expectSuccess(
                        calls.askBroker(address, JmsCode.SUBSCRIPTIONS, new JmsSubscriptionsRequest(topic), Body.EMPTY),
                        "asking " + broker.brokerName() + " for subscriptions");
                JmsSubscriptionsBody.parse(answer.body())
                        .rows()
                        .forEach(row -> all.add(SubscriptionStatus.of(broker.brokerName(), row)));
            }
        }
        all.sort(Comparator.comparing(SubscriptionStatus::topic)
                .thenComparing(SubscriptionStatus::name)
                .thenComparing(SubscriptionStatus::clientId, Comparator.nullsFirst(Comparator.naturalOrder())));
        return all;
    }

    Sought seek(JmsSeekRequest seek, List<BrokerData> brokers) {
        Frame answer = askOwner(
                JmsCode.SEEK, seek, brokers, "moving subscription '" + seek.name() + "'", seek.name(), seek.clientId());
        JmsSeekResponse done = JmsSeekResponse.readFrom(answer.fields());
        return new Sought(done.before(), done.after());
    }

    void unsubscribe(String name, @Nullable String clientId, List<BrokerData> brokers) {
        var unused = askOwner(
                JmsCode.UNSUBSCRIBE,
                new JmsUnsubscribeRequest(name, clientId),
                brokers,
                "ending subscription '" + name + "'",
                name,
                clientId);
    }

    /** The answer of the broker that has the subscription. */
    private Frame askOwner(
            int code, Header request, List<BrokerData> brokers, String doing, String name, @Nullable String clientId) {
        for (BrokerData broker : brokers) {
            String address = broker.primaryAddress();
            if (address == null) {
                continue;
            }
            Frame answer = calls.askBroker(address, code, request, Body.EMPTY);
            if (answer.code() != JmsRefusal.NO_SUCH_SUBSCRIPTION.code()) {
                return ClusterCalls.expectSuccess(answer, doing);
            }
        }
        throw new AdminException("there is no durable subscription '" + name + "'"
                + (clientId == null ? " without a client identifier" : " of client '" + clientId + "'")
                + "; 'agena subscription list' shows what there is");
    }
}
