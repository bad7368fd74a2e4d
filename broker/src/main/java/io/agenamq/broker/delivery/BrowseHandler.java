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
import java.util.List;

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
            throw noMessageQueue(browse);
        }
        queues.temporaries().requireOwner(browse.topic(), request.connection());
        answer(request, browse, selector, topic, queue);
    }

    private void answer(
            Request request, JmsBrowseRequest browse, Selector selector, TopicConfig topic, ConsumeQueue queue) {
        Destination destination = destinations.open(topic.topicName());
        destination.postAlways(() -> {
            if (!destinations.isActive(destination)) {
                // It was given up between the look-up and this task; what a queue has settled is not for this thread to
                // read.
                answer(request, browse, selector, topic, queue);
                return;
            }
            try {
                Window window =
                        Checks.kindOf(topic) == DestinationKind.QUEUE ? window(destination, topic, browse) : null;
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

    private Window window(Destination destination, TopicConfig topic, JmsBrowseRequest browse) {
        List<Window> windows = opener.ofQueue(destination, topic).windows();
        if (browse.queueId() >= windows.size()) {
            throw noMessageQueue(browse);
        }
        return windows.get(browse.queueId());
    }

    private static ProtocolException noMessageQueue(JmsBrowseRequest browse) {
        return Checks.refusal(
                JmsRefusal.NO_SUCH_DESTINATION,
                "there is no message queue " + browse.queueId() + " of '" + browse.topic() + "'");
    }
}
