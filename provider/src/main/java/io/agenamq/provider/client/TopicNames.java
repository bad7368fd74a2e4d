// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * From names of destinations to names of topics. RocketMQ allows letters, digits and {@code % | - _}; names of Jakarta applications often have
 * dots or slashes as well. Every other character is written as a percent sign and two hexadecimal digits per byte of UTF-8: {@code
 * orders.new} is the topic {@code orders%2Enew}.
 */
final class TopicNames {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private TopicNames() {}

    static String topicOf(String destination) {
        StringBuilder topic = new StringBuilder(destination.length() + 8);
        for (int i = 0; i < destination.length(); ) {
            int c = destination.codePointAt(i);
            int next = i + Character.charCount(c);
            if (isAllowed(c)) {
                topic.append((char) c);
            } else {
                for (byte b : destination.substring(i, next).getBytes(StandardCharsets.UTF_8)) {
                    topic.append('%').append(HEX.toHexDigits(b));
                }
            }
            i = next;
        }
        return topic.toString();
    }

    private static boolean isAllowed(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "%|-_".indexOf(c) >= 0;
    }
}
