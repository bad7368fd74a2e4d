// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An order of the story. Its number is read back from the body, so that an act also proves that bodies arrive as they were sent.
 *
 * @param number from 0
 */
record Order(int number) {
    /** The property that carries {@link System#nanoTime} of the send; sender and receiver are one process. */
    static final String SENT_NANOS = "sentNanos";

    /** What can happen to an order; the tag of its message. */
    enum Status {
        PAID,
        SHIPPED,
        CANCELLED;

        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Pattern TEXT =
            Pattern.compile("\\{\"order\":(\\d+),\"status\":\"(\\w+)\",\"note\":\"grüße\"}");

    Status status() {
        return Status.values()[number % Status.values().length];
    }

    String text() {
        return "{\"order\":" + number + ",\"status\":\"" + status().tag() + "\",\"note\":\"grüße\"}";
    }

    /** The order in a body. @throws IllegalArgumentException if the body is not, byte for byte, what {@link #text} wrote */
    static Order parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        Order order = matcher.matches() ? new Order(Integer.parseInt(matcher.group(1))) : new Order(-1);
        if (order.number < 0 || !order.text().equals(text)) {
            throw new IllegalArgumentException("not an order: " + text);
        }
        return order;
    }
}
