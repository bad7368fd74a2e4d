// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Codes 222 (to a broker) and 220 (from it to its clients): a group continues somewhere else.
 *
 * @param timestamp milliseconds; -1 for the end
 * @param queueId one queue only; -1 for all
 * @param offset where to continue in that queue; -1 to go by the time
 */
public record ResetOffsetRequest(String topic, String group, long timestamp, boolean force, int queueId, long offset)
        implements Header {

    /** {@link #queueId} and {@link #offset} that say nothing; 4.9 never sends either. */
    public static final int UNSET = -1;

    /** Reads the fields. */
    public static ResetOffsetRequest readFrom(Fields in) {
        return new ResetOffsetRequest(
                in.requireText("topic"),
                in.requireText("group"),
                in.requireLong("timestamp"),
                in.flag("isForce", false),
                in.intOr("queueId", UNSET),
                in.longOr("offset", UNSET));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("topic", topic);
        out.put("group", group);
        out.put("timestamp", timestamp);
        out.put("isForce", force);
        out.put("queueId", queueId);
        out.put("offset", offset);
    }
}
