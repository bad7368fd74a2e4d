// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsBrowseRequest;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.queue.ConsumeQueue;
import java.time.InstantSource;

/** Serves {@link JmsCode#BROWSE}: a page of a message queue, which is read on an owner thread. */
final class BrowseHandler {

    private final MessageQueues queues;
    private final DestinationCatalog catalog;
    private final InstantSource clock;
    private final ActiveDestinations destinations;
    private final SubscriptionOpener opener;

    BrowseHandler(
            MessageQueues queues,
            DestinationCatalog catalog,
            InstantSource clock,
            ActiveDestinations destinations,
            SubscriptionOpener opener) {
        this.queues = queues;
        this.catalog = catalog;
        this.clock = clock;
        this.destinations = destinations;
        this.opener = opener;
    }

    void register(HandlerTable table) {
        table.register(JmsCode.BROWSE, this::browse);
    }

    private void browse(Request request) {
        JmsBrowseRequest browse = JmsBrowseRequest.readFrom(request.frame().fields());
        Selector selector = Checks.parse(browse.selector());
        TopicConfig topic = catalog.find(browse.topic());
        ConsumeQueue queue = topic == null ? null : queues.find(browse.topic(), browse.queueId());
        if (topic == null || queue == null) {
            throw Checks.refusal(
                    JmsRefusal.NO_SUCH_DESTINATION,
                    "there is no message queue " + browse.queueId() + " of '" + browse.topic() + "'");
        }
        queues.temporaries().requireOwner(browse.topic(), request.connection());
        Destination destination = destinations.open(topic.topicName());
        destination.postAlways(() -> {
            try {
                Window window = Checks.kindOf(topic) == DestinationKind.QUEUE
                        ? opener.ofQueue(destination, topic).windows().get(browse.queueId())
                        : null;
                new Browser(queues)
                        .answer(request, browse, selector, queue, window, Checks.queueCount(topic), clock.millis());
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
            }
            destination.afterTurn(() -> destinations.giveUpIfIdle(destination));
        });
        // It may read much, and from the disk.
        destination.workElsewhere();
    }
}
