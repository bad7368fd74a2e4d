// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

import io.agenamq.protocol.command.StartPoint;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.Topic;
import org.jspecify.annotations.Nullable;

/**
 * A topic by name, and perhaps where in it new subscriptions begin. Topics are equal if their names are: where somebody begins to read is not part of
 * what he reads.
 */
public final class AgenaTopic extends AgenaDestination implements Topic {

    private static final long serialVersionUID = 2L;

    private static final String START = "start=";

    /** Text form of a {@link StartPoint}, which need not be serialisable; null for now. */
    private final @Nullable String start;

    /** The topic of this name; subscriptions of it begin when they are made. */
    public AgenaTopic(String name) {
        this(name, null);
    }

    private AgenaTopic(String name, @Nullable StartPoint start) {
        super(name);
        this.start = start == null ? null : start.text();
    }

    /**
     * Reads a name, or a name with where its subscriptions begin: {@code prices?start=earliest}, {@code prices?last=100}, {@code prices?since=PT1H},
     * {@code prices?at=2026-11-20T08:00Z}.
     *
     * @throws IllegalArgumentException if what follows the question mark is no {@link StartPoint}
     */
    public static AgenaTopic parse(String text) {
        int mark = text.indexOf('?');
        if (mark < 0) {
            return new AgenaTopic(text);
        }
        String option = text.substring(mark + 1);
        // Of the words, only "earliest" has no name of its own; the others may have the common one.
        return new AgenaTopic(
                text.substring(0, mark),
                StartPoint.parse(option.startsWith(START) ? option.substring(START.length()) : option));
    }

    /**
     * {@link #parse} for what an application asks for.
     *
     * @throws InvalidDestinationException if it is null or empty, or says of its beginning what nobody understands
     */
    public static AgenaTopic require(@Nullable String text) throws InvalidDestinationException {
        try {
            return parse(requireName(text));
        } catch (IllegalArgumentException wrong) {
            InvalidDestinationException invalid = new InvalidDestinationException(wrong.getMessage());
            invalid.initCause(wrong);
            throw invalid;
        }
    }

    /** Where a subscription begins that does not exist yet; null for the moment when it is made. */
    public @Nullable StartPoint start() {
        return start == null ? null : StartPoint.parse(start);
    }

    /** What {@link #parse} reads. */
    @Override
    public String text() {
        return start == null ? name() : name() + '?' + START + start;
    }

    @Override
    public String getTopicName() {
        return name();
    }

    @Override
    public boolean isQueue() {
        return false;
    }
}
