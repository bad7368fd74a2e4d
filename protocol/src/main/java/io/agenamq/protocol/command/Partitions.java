// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import java.util.Map;

/**
 * Over how many brokers a JMS queue is spread: its attribute {@value #ATTRIBUTE}, the same on each of them, fixed at creation. A queue without it has
 * one home.
 */
public final class Partitions {

    /** Name of the topic attribute. */
    public static final String ATTRIBUTE = "partitions";

    /** A queue has at most so many: each consumer has a window at each. */
    public static final int COUNT_MAX = 64;

    private Partitions() {}

    /** How many partitions a topic with these attributes has, at least 1. */
    public static int of(Map<String, String> attributes) {
        String text = attributes.get(ATTRIBUTE);
        if (text == null || !text.matches("[1-9][0-9]?")) {
            return 1;
        }
        return Math.min(COUNT_MAX, Integer.parseInt(text));
    }
}
