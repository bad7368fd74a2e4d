// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.broker.delivery.DestinationCatalog;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import org.jspecify.annotations.Nullable;

/** The broker's topics as delivery sees them. Any thread. */
record Destinations(TopicDirectory topics) implements DestinationCatalog {

    @Override
    public @Nullable TopicConfig find(String name) {
        return topics.get(name);
    }

    @Override
    public @Nullable ProtocolException whyNotCreated(String name) {
        return topics.whyNotCreated(name);
    }

    @Override
    public TopicConfig create(String name, DestinationKind kind) {
        return topics.ensureDestination(name, kind);
    }

    @Override
    public void whenAnnounced(Runnable task) {
        topics.whenAnnounced(task);
    }

    @Override
    public void configure(String name, String attribute, @Nullable String value) {
        topics.configure(name, attribute, value);
    }

    @Override
    public TopicConfig createDeadLetterQueue(String name) {
        return topics.ensureDeadLetterQueue(name);
    }
}
