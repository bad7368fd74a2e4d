// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * What does a stretch of the log say about a message? Answered by a {@link JmsTraceLogResponse} and a {@link JmsTraceBody}.
 *
 * @param topic name of the destination
 * @param queueId its message queue
 * @param offset of the message there
 * @param from where the stretch begins, as {@link JmsTraceFact#position} or the answer before says
 */
public record JmsTraceLogRequest(String topic, int queueId, long offset, long from) implements Header {

    /** Reads the fields. */
    public static JmsTraceLogRequest readFrom(Fields in) {
        return new JmsTraceLogRequest(
                in.requireText("t"), in.requireInt("q"), in.requireLong("o"), in.requireLong("f"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
        out.put("q", queueId);
        out.put("o", offset);
        out.put("f", from);
    }
}
