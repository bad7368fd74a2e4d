// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Topic;
import java.io.Serializable;
import javax.naming.Reference;
import javax.naming.Referenceable;
import javax.naming.StringRefAddr;
import org.jspecify.annotations.Nullable;

/**
 * A destination of this provider: a name of one kind. Making one creates nothing on a broker; that happens on first use. Two destinations are
 * equal if kind and name are, so that a received {@code JMSDestination} equals the object it was sent to. Immutable.
 */
public abstract sealed class AgenaDestination implements Destination, Referenceable, Serializable
        permits AgenaQueue, AgenaTopic, AgenaTemporaryQueue, AgenaTemporaryTopic {

    private static final long serialVersionUID = 1L;

    /** Type of the one address of a {@link #getReference reference}. */
    public static final String NAME_ADDRESS = "name";

    /** Who makes destinations from references; by name, as it stands in a package that uses this one. */
    private static final String OBJECT_FACTORY = "io.agenamq.provider.AgenaObjectFactory";

    private static final String QUEUE_SCHEME = "queue://";
    private static final String TOPIC_SCHEME = "topic://";
    private static final String TEMPORARY_PREFIX = "temp-";

    private final String name;

    AgenaDestination(String name) {
        this.name = name;
    }

    /** The name, without its kind. */
    public final String name() {
        return name;
    }

    /** Whether this is a queue and not a topic. */
    public abstract boolean isQueue();

    /** The name, and what else the application said about it; a name is all of it, for most destinations. */
    public String text() {
        return name;
    }

    /** How many messages a consumer may have waiting in the client, if the application has said so; null for what the connection says. */
    public @Nullable Integer prefetch() {
        return null;
    }

    static InvalidDestinationException invalid(IllegalArgumentException wrong) {
        InvalidDestinationException invalid = new InvalidDestinationException(wrong.getMessage());
        invalid.initCause(wrong);
        return invalid;
    }

    /** Whether it ends with the connection that made it. */
    public boolean isTemporary() {
        return false;
    }

    /** Kind and name in one text, {@code queue://Orders}; {@link #parse} reads it. */
    public final String toUri() {
        return (isTemporary() ? TEMPORARY_PREFIX : "") + (isQueue() ? QUEUE_SCHEME : TOPIC_SCHEME) + name;
    }

    /** What a directory keeps of this destination: its name, and who makes a destination of it. */
    @Override
    public final Reference getReference() {
        return new Reference(getClass().getName(), new StringRefAddr(NAME_ADDRESS, text()), OBJECT_FACTORY, null);
    }

    /** Reads {@link #toUri}; null where the text is none of ours. */
    public static @Nullable AgenaDestination parse(@Nullable String uri) {
        if (uri != null && uri.startsWith(TEMPORARY_PREFIX)) {
            return parseTemporary(uri.substring(TEMPORARY_PREFIX.length()));
        } else if (uri != null && uri.startsWith(QUEUE_SCHEME) && uri.length() > QUEUE_SCHEME.length()) {
            return new AgenaQueue(uri.substring(QUEUE_SCHEME.length()));
        } else if (uri != null && uri.startsWith(TOPIC_SCHEME) && uri.length() > TOPIC_SCHEME.length()) {
            return new AgenaTopic(uri.substring(TOPIC_SCHEME.length()));
        }
        return null;
    }

    private static @Nullable AgenaDestination parseTemporary(String uri) {
        String name = uri.substring(Math.min(uri.length(), QUEUE_SCHEME.length()));
        if (!TemporaryName.isName(name)) {
            return null;
        } else if (uri.startsWith(QUEUE_SCHEME)) {
            return new AgenaTemporaryQueue(name, null);
        }
        return uri.startsWith(TOPIC_SCHEME) ? new AgenaTemporaryTopic(name, null) : null;
    }

    /**
     * The destination of ours that {@code destination} stands for: itself, or for another provider's object the one of the same kind and name.
     *
     * @throws InvalidDestinationException for null, and for an object that is neither or both of queue and topic
     */
    public static AgenaDestination of(@Nullable Destination destination) throws JMSException {
        if (destination instanceof AgenaDestination ours) {
            return ours;
        } else if (destination instanceof Queue queue && !(destination instanceof Topic)) {
            return new AgenaQueue(requireName(queue.getQueueName()));
        } else if (destination instanceof Topic topic && !(destination instanceof Queue)) {
            return new AgenaTopic(requireName(topic.getTopicName()));
        }
        throw new InvalidDestinationException(
                destination == null
                        ? "the destination is null"
                        : "neither a queue nor a topic: "
                                + destination.getClass().getName());
    }

    /**
     * Checks a name for a new destination.
     *
     * @throws InvalidDestinationException if it is null or empty; whether a broker accepts it is the broker's answer
     */
    public static String requireName(@Nullable String name) throws InvalidDestinationException {
        if (name == null || name.isEmpty()) {
            throw new InvalidDestinationException("a destination needs a name");
        }
        return name;
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof AgenaDestination that && isQueue() == that.isQueue() && name.equals(that.name);
    }

    @Override
    public final int hashCode() {
        return name.hashCode() * 2 + (isQueue() ? 1 : 0);
    }

    @Override
    public final String toString() {
        return toUri();
    }
}
