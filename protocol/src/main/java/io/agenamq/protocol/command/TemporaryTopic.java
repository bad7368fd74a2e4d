// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

/**
 * Names of the topics behind temporary destinations: a prefix that no other topic has, and letters and digits that are unique. Such a topic is in no
 * route and no table; whoever knows the name and the broker can send to it.
 */
public final class TemporaryTopic {

    private static final String PREFIX = "%TEMP%";
    private static final int UNIQUE_LENGTH_MAX = 64;

    private TemporaryTopic() {}

    /** The topic of a unique name. */
    public static String of(String unique) {
        return PREFIX + unique;
    }

    /** Whether a topic is one of these, whatever follows the prefix. */
    public static boolean isTemporary(String topic) {
        return topic.startsWith(PREFIX);
    }

    /** Whether such a topic can be made. */
    public static boolean isValid(String topic) {
        int length = topic.length() - PREFIX.length();
        return isTemporary(topic)
                && length > 0
                && length <= UNIQUE_LENGTH_MAX
                && topic.chars().skip(PREFIX.length()).allMatch(TemporaryTopic::isLetterOrDigit);
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
