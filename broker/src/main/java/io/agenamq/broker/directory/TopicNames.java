// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.directory;

import io.agenamq.protocol.command.TemporaryTopic;
import java.util.Optional;

/**
 * Which names topics and groups may have, as in RocketMQ: letters, digits, {@code % | - _}; at most 127 of them for a topic and 120 for a
 * group, so that its retry and dead-letter topics have room. A name that passes is harmless in a path, a log line and a record; one that does
 * not is never looked up, stored or repeated.
 */
public final class TopicNames {

    /** A topic's length has one signed byte in a record. */
    public static final int TOPIC_LENGTH_MAX = 127;

    /** {@link #TOPIC_LENGTH_MAX} less the longest prefix. */
    public static final int GROUP_LENGTH_MAX = 120;

    /** Start of the name of a group's retry topic. */
    public static final String RETRY_PREFIX = "%RETRY%";

    /** Start of the name of a group's dead-letter topic. */
    public static final String DEAD_LETTER_PREFIX = "%DLQ%";

    private static final boolean[] ALLOWED = new boolean[128];

    static {
        for (char c = 'a'; c <= 'z'; c++) {
            ALLOWED[c] = true;
            ALLOWED[Character.toUpperCase(c)] = true;
        }
        for (char c : "0123456789%|-_".toCharArray()) {
            ALLOWED[c] = true;
        }
    }

    private TopicNames() {}

    /** Why {@code topic} cannot be the name of a topic; empty if it can. */
    public static Optional<String> faultOfTopic(String topic) {
        if (TemporaryTopic.isTemporary(topic)) {
            return Optional.of("the specified topic begins as those of temporary destinations do, which are no topics");
        }
        return fault("topic", topic, TOPIC_LENGTH_MAX);
    }

    /** Why {@code group} cannot be the name of a group; empty if it can. */
    public static Optional<String> faultOfGroup(String group) {
        return fault("group", group, GROUP_LENGTH_MAX);
    }

    /** Whether it is the retry topic of a group. */
    public static boolean isRetry(String topic) {
        return topic.startsWith(RETRY_PREFIX);
    }

    /** Whether it is the dead-letter topic of a group. */
    public static boolean isDeadLetter(String topic) {
        return topic.startsWith(DEAD_LETTER_PREFIX);
    }

    /** The retry topic of {@code group}. */
    public static String retryTopic(String group) {
        return RETRY_PREFIX + group;
    }

    /** The dead-letter topic of {@code group}. */
    public static String deadLetterTopic(String group) {
        return DEAD_LETTER_PREFIX + group;
    }

    /** The group that a retry or dead-letter topic belongs to. */
    public static String groupOf(String retryOrDeadLetterTopic) {
        return retryOrDeadLetterTopic.substring(
                isRetry(retryOrDeadLetterTopic) ? RETRY_PREFIX.length() : DEAD_LETTER_PREFIX.length());
    }

    private static Optional<String> fault(String what, String name, int max) {
        if (name.isBlank()) {
            return Optional.of("the specified " + what + " is blank");
        }
        if (name.length() > max) {
            return Optional.of("the specified " + what + " is longer than the maximum of " + max + " characters");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= ALLOWED.length || !ALLOWED[c]) {
                return Optional.of(
                        "the specified " + what + " contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$");
            }
        }
        return Optional.empty();
    }
}
