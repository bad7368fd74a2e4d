// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import org.jspecify.annotations.Nullable;

/**
 * What a topic is to Jakarta Messaging: its attribute {@value #ATTRIBUTE}, fixed at creation. One name has one kind.
 */
public enum DestinationKind {

    /** A topic of RocketMQ's; a JMS application may use it as a topic. */
    NATIVE("native"),

    /** A JMS queue: one built-in subscription that everybody shares. */
    QUEUE("queue"),

    /** A JMS topic. */
    TOPIC("topic");

    /** Name of the topic attribute. */
    public static final String ATTRIBUTE = "kind";

    private final String word;

    DestinationKind(String word) {
        this.word = word;
    }

    /** The attribute's value. */
    public String word() {
        return word;
    }

    /** The kind that {@code word} names; {@link #NATIVE} for null and for words of others. */
    public static DestinationKind of(@Nullable String word) {
        for (DestinationKind kind : values()) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        return NATIVE;
    }
}
