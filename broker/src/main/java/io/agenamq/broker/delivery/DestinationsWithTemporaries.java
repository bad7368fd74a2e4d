// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.TemporaryTopic;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import org.jspecify.annotations.Nullable;

/** The broker's topics and its temporary destinations. These are not made by being named. Any thread. */
record DestinationsWithTemporaries(DestinationCatalog topics, TemporaryDestinations temporaries)
        implements DestinationCatalog {

    @Override
    public @Nullable TopicConfig find(String name) {
        if (!TemporaryTopic.isTemporary(name)) {
            return topics.find(name);
        }
        TemporaryDestination temporary = temporaries.find(name);
        return temporary == null ? null : temporary.topic;
    }

    @Override
    public @Nullable ProtocolException whyNotCreated(String name) {
        return TemporaryTopic.isTemporary(name) ? Checks.noSuchDestination(name) : topics.whyNotCreated(name);
    }

    @Override
    public TopicConfig create(String name, DestinationKind kind) {
        if (TemporaryTopic.isTemporary(name)) {
            throw Checks.noSuchDestination(name);
        }
        return topics.create(name, kind);
    }

    @Override
    public void whenAnnounced(Runnable task) {
        topics.whenAnnounced(task);
    }

    @Override
    public void configure(String name, String attribute, @Nullable String value) {
        if (TemporaryTopic.isTemporary(name)) {
            throw Checks.refusal(
                    JmsRefusal.WRONG_KIND, "'" + name + "' is temporary; it belongs to a connection, not to operators");
        }
        topics.configure(name, attribute, value);
    }

    @Override
    public TopicConfig createDeadLetterQueue(String name) {
        return topics.createDeadLetterQueue(name);
    }
}
