// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Code 29: the offset at a time in milliseconds.
 *
 * @param upper false: the first message stored at or after the time; true: the last one at or before it
 */
public record SearchOffsetRequest(String topic, int queueId, long timestamp, boolean upper) implements Header {

    private static final String UPPER = "UPPER";

    /** Reads the fields; 4.9 does not name a boundary and means the lower one. */
    public static SearchOffsetRequest readFrom(Fields in) {
        return new SearchOffsetRequest(
                in.requireText("topic"),
                in.requireInt("queueId"),
                in.requireLong("timestamp"),
                UPPER.equalsIgnoreCase(in.text("boundaryType")));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("topic", topic);
        out.put("queueId", queueId);
        out.put("timestamp", timestamp);
        out.put("boundaryType", upper ? UPPER : "LOWER");
    }
}
