// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsHome;
import io.agenamq.protocol.command.JmsHomeRequest;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What brokers and operators ask about the homes of Jakarta Messaging destinations. */
final class HomeHandlers {

    private final HomeTable homes;
    private final RouteTable routes;

    HomeHandlers(HomeTable homes, RouteTable routes) {
        this.homes = homes;
        this.routes = routes;
    }

    void registerIn(HandlerTable table) {
        table.register(JmsCode.HOME, this::home);
    }

    private void home(Request request) {
        JmsHomeRequest asked = JmsHomeRequest.readFrom(request.frame().fields());
        if (asked.take() && addressOf(asked.broker()) == null) {
            request.refuse(
                    ResponseCode.SYSTEM_ERROR,
                    "broker '" + asked.broker() + "' is not registered here; it cannot claim");
            return;
        }
        List<String> brokers = asked.take() ? homes.claim(asked.topic(), asked.broker()) : homes.homesOf(asked.topic());
        if (brokers.isEmpty() && asked.take()) {
            request.refuse(
                    ResponseCode.SYSTEM_ERROR, "'" + asked.topic() + "' cannot be claimed: bad name, or too many");
            return;
        }
        request.reply(answer(brokers, asked.broker()));
    }

    /** Of several homes the one that asks, or else one that is there. */
    private JmsHome answer(List<String> brokers, String asking) {
        if (brokers.isEmpty()) {
            return JmsHome.NOWHERE;
        }
        String best = brokers.get(0);
        for (String broker : brokers) {
            if (broker.equals(asking) || (!best.equals(asking) && addressOf(best) == null)) {
                best = broker;
            }
        }
        return new JmsHome(best, addressOf(best));
    }

    private @Nullable String addressOf(String broker) {
        BrokerData known = routes.broker(broker);
        return known == null ? null : known.primaryAddress();
    }
}
