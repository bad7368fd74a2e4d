// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Request;
import java.util.function.Consumer;

/** Lets operators' requests have a turn of the destination that they ask about. */
final class QueueTurns {

    private final DestinationCatalog catalog;
    private final ActiveDestinations destinations;

    QueueTurns(DestinationCatalog catalog, ActiveDestinations destinations) {
        this.catalog = catalog;
        this.destinations = destinations;
    }

    /** The queue of this name; a refusal if there is none. */
    TopicConfig requireQueue(String name) {
        TopicConfig topic = catalog.find(name);
        if (topic == null) {
            throw Checks.noSuchDestination(name);
        }
        if (Checks.kindOf(topic) != DestinationKind.QUEUE) {
            throw Checks.refusal(JmsRefusal.WRONG_KIND, "'" + name + "' is no queue");
        }
        return topic;
    }

    /** Lets an owner thread do something with the destination; what is thrown is the request's refusal. */
    void onOwner(Request request, TopicConfig topic, Consumer<Destination> task) {
        Destination destination = destinations.open(topic.topicName());
        destination.postAlways(() -> {
            if (!destinations.isActive(destination)) {
                // It was given up between the look-up and this task.
                onOwner(request, topic, task);
                return;
            }
            try {
                task.accept(destination);
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
            }
            destination.afterTurn(() -> destinations.giveUpIfIdle(destination));
        });
        destination.workElsewhere();
    }
}
