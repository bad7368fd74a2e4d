// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import org.jspecify.annotations.Nullable;

/** The topics of this broker, as delivery sees them. Any thread. */
public interface DestinationCatalog {

    /** The topic of this name, null if there is none. Does not block. */
    @Nullable
    TopicConfig find(String name);

    /** Why a client may not create a destination of this name, null if it may. Does not block. */
    @Nullable
    ProtocolException whyNotCreated(String name);

    /**
     * Creates a topic of one message queue with this kind and tells the name servers, unless there is one already. Not called on event loops.
     *
     * @return the topic of this name, whatever its kind
     * @throws io.agenamq.protocol.frame.ProtocolException if it may not be created: bad name, automatic creation switched off
     */
    TopicConfig create(String name, DestinationKind kind);

    /** Runs {@code task} when the name servers that can be reached know of everything that was created before, or after a short while. */
    void whenAnnounced(Runnable task);

    /**
     * Changes one attribute of a topic. Not called on event loops.
     *
     * @param value null for the attribute's default
     * @throws io.agenamq.protocol.frame.ProtocolException if there is no such topic, or the log takes nothing
     */
    void configure(String name, String attribute, @Nullable String value);

    /**
     * Creates the queue that takes the dead letters of a destination, whatever clients may create, unless there is one already. Not called on event
     * loops.
     *
     * @throws io.agenamq.protocol.frame.ProtocolException if the log takes nothing
     */
    TopicConfig createDeadLetterQueue(String name);
}
