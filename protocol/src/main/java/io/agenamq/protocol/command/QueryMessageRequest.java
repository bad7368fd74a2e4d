// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Code 12: messages by key, or by their unique id.
 *
 * @param beginTimestamp milliseconds, inclusive, as is {@code endTimestamp}
 * @param uniqueKey whether {@code key} is a unique id
 */
public record QueryMessageRequest(
        String topic, String key, int maxNum, long beginTimestamp, long endTimestamp, boolean uniqueKey)
        implements Header {

    private static final String UNIQUE_KEY_FIELD = "_UNIQUE_KEY_QUERY";

    /** Reads the fields. */
    public static QueryMessageRequest readFrom(Fields in) {
        return new QueryMessageRequest(
                in.requireText("topic"),
                in.requireText("key"),
                in.requireInt("maxNum"),
                in.requireLong("beginTimestamp"),
                in.requireLong("endTimestamp"),
                in.flag(UNIQUE_KEY_FIELD, false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("topic", topic);
        out.put("key", key);
        out.put("maxNum", maxNum);
        out.put("beginTimestamp", beginTimestamp);
        out.put("endTimestamp", endTimestamp);
        out.put(UNIQUE_KEY_FIELD, uniqueKey);
    }
}
