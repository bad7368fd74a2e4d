// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

import io.agenamq.protocol.command.StartPoint;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an application says about its consumers with the name of a destination, behind a question mark: {@code orders?prefetch=10}, {@code
 * prices?start=earliest&prefetch=1000}. It is no part of the destination's identity.
 *
 * @param start text form of the {@link StartPoint} where subscriptions of a topic begin that do not exist yet, null for now
 * @param prefetch how many messages a consumer may have waiting in the client, null for what the connection says
 */
record DestinationOptions(@Nullable String start, @Nullable Integer prefetch) implements Serializable {

    /** Nothing said. */
    static final DestinationOptions NONE = new DestinationOptions(null, null);

    /** As many as the connection's option allows. */
    static final int PREFETCH_MAX = 1_000_000;

    private static final long serialVersionUID = 1L;

    private static final String START = "start=";
    private static final String PREFETCH = "prefetch=";

    /** A name and its options. */
    record Named(String name, DestinationOptions options) {}

    /**
     * Reads a name with its options.
     *
     * @param canStart whether there is a beginning to speak of, as topics have
     * @throws IllegalArgumentException if what follows the question mark is no option; the message says what there is
     */
    static Named parse(String text, boolean canStart) {
        int mark = text.indexOf('?');
        if (mark < 0) {
            return new Named(text, NONE);
        }
        String start = null;
        Integer prefetch = null;
        for (String option : text.substring(mark + 1).split("&", -1)) {
            if (option.startsWith(PREFETCH) && prefetch == null) {
                prefetch = prefetch(option.substring(PREFETCH.length()));
            } else if (canStart && start == null) {
                // Of the words, only "earliest" has no name of its own; the others may have the common one.
                start = StartPoint.parse(option.startsWith(START) ? option.substring(START.length()) : option)
                        .text();
            } else {
                throw new IllegalArgumentException("'" + option + "' is said twice, or is no option of a "
                        + (canStart ? "topic" : "queue") + "; write prefetch=10"
                        + (canStart ? ", start=earliest, last=100, since=PT1H or at=2026-11-20T08:00Z" : ""));
            }
        }
        return new Named(text.substring(0, mark), new DestinationOptions(start, prefetch));
    }

    private static Integer prefetch(String value) {
        if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) > PREFETCH_MAX) {
            throw new IllegalArgumentException("prefetch=" + value + " is no number from 0 to " + PREFETCH_MAX);
        }
        return Integer.valueOf(value);
    }

    /** What {@link #parse} reads, with the name before it. */
    String with(String name) {
        List<String> said = new ArrayList<>();
        if (start != null) {
            said.add(START + start);
        }
        if (prefetch != null) {
            said.add(PREFETCH + prefetch);
        }
        return said.isEmpty() ? name : name + '?' + String.join("&", said);
    }
}
