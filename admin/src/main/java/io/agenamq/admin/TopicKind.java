// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.TopicConfig;
import java.util.Locale;

/** What a topic is to its readers; set when it is created and never changed. */
public enum TopicKind {
    /** Consumed by RocketMQ groups; JMS may read it, too. */
    NATIVE,

    /** A Jakarta Messaging queue: one built-in subscription from the beginning. */
    QUEUE,

    /** A Jakarta Messaging topic: a cursor for each subscription. */
    TOPIC;

    /** The topic attribute that holds it; a topic without the attribute is native. */
    static final String ATTRIBUTE = "kind";

    static TopicKind of(TopicConfig topic) {
        String text = topic.attributes().getOrDefault(ATTRIBUTE, NATIVE.word());
        for (TopicKind kind : values()) {
            if (kind.word().equals(text)) {
                return kind;
            }
        }
        return NATIVE;
    }

    /** The attribute's value, and the word on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
