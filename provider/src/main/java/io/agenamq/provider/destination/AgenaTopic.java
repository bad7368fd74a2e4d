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

    private static final long serialVersionUID = 3L;

    private final DestinationOptions options;

    /** The topic of this name; subscriptions of it begin when they are made. */
    public AgenaTopic(String name) {
        this(name, DestinationOptions.NONE);
    }

    private AgenaTopic(String name, DestinationOptions options) {
        super(name);
        this.options = options;
    }

    /**
     * Reads a name, or a name with what is said about its consumers: where subscriptions begin ({@code prices?start=earliest}, {@code prices?last=100},
     * {@code prices?since=PT1H}, {@code prices?at=2026-11-20T08:00Z}), and how many messages wait in the client ({@code prices?prefetch=10}).
     *
     * @throws IllegalArgumentException if what follows the question mark is neither
     */
    public static AgenaTopic parse(String text) {
        DestinationOptions.Named named = DestinationOptions.parse(text, true);
        return new AgenaTopic(named.name(), named.options());
    }

    /**
     * {@link #parse} for what an application asks for.
     *
     * @throws InvalidDestinationException if it is null or empty, or says something about its consumers that nobody understands
     */
    public static AgenaTopic require(@Nullable String text) throws InvalidDestinationException {
        try {
            return parse(requireName(text));
        } catch (IllegalArgumentException wrong) {
            throw invalid(wrong);
        }
    }

    /** Where a subscription begins that does not exist yet; null for the moment when it is made. */
    public @Nullable StartPoint start() {
        String start = options.start();
        return start == null ? null : StartPoint.parse(start);
    }

    @Override
    public @Nullable Integer prefetch() {
        return options.prefetch();
    }

    /** What {@link #parse} reads. */
    @Override
    public String text() {
        return options.with(name());
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
