// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.broker.delivery.Deliveries;
import io.agenamq.broker.request.JakartaDelivery;
import io.agenamq.broker.transaction.Branches;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.remoting.Request;
import java.util.Map;

/** Delivery as the handlers of RocketMQ's requests see it. Any thread. */
record JakartaRequests(Deliveries deliveries, Branches branches) implements JakartaDelivery {

    @Override
    public void sendToTemporary(Request request, SendMessageRequest send) {
        deliveries.sendToTemporary(request, send);
    }

    @Override
    public Runnable holdForTemporary(Request request, SendMessageRequest send) {
        return deliveries.holdForTemporary(request, send);
    }

    @Override
    public void removeTopic(Request request, String topic, Runnable removal) {
        deliveries.removeTopic(request, topic, () -> branches.whileNotNeeded(topic, removal));
    }

    @Override
    public void addFigures(Map<String, String> figures) {
        figures.put("jmsActiveDestinations", Integer.toString(deliveries.destinationCount()));
        figures.put("jmsTemporaryDestinations", Integer.toString(deliveries.temporaryCount()));
        figures.put("jmsTemporaryBytes", Long.toString(deliveries.temporaryBytes()));
        branches.counts().forEach((state, count) -> figures.put("transactionBranches." + state, count.toString()));
    }
}
