// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

import jakarta.jms.InvalidDestinationException;
import jakarta.jms.Queue;
import org.jspecify.annotations.Nullable;

/** A queue by name, and perhaps how many of its messages wait in the client. */
public final class AgenaQueue extends AgenaDestination implements Queue {

    private static final long serialVersionUID = 2L;

    private final DestinationOptions options;

    /** The queue of this name. */
    public AgenaQueue(String name) {
        this(name, DestinationOptions.NONE);
    }

    private AgenaQueue(String name, DestinationOptions options) {
        super(name);
        this.options = options;
    }

    /**
     * Reads a name, or a name with the option of its consumers: {@code orders?prefetch=10}.
     *
     * @throws IllegalArgumentException if what follows the question mark is no such option
     */
    public static AgenaQueue parse(String text) {
        DestinationOptions.Named named = DestinationOptions.parse(text, false);
        return new AgenaQueue(named.name(), named.options());
    }

    /**
     * {@link #parse} for what an application asks for.
     *
     * @throws InvalidDestinationException if it is null or empty, or says something about its consumers that nobody understands
     */
    public static AgenaQueue require(@Nullable String text) throws InvalidDestinationException {
        try {
            return parse(requireName(text));
        } catch (IllegalArgumentException wrong) {
            throw invalid(wrong);
        }
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
    public String getQueueName() {
        return name();
    }

    @Override
    public boolean isQueue() {
        return true;
    }
}
