// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * What about a message now, and what does the broker remember of it? Answered by a {@link JmsTraceBody}.
 *
 * @param topic name of the destination
 * @param queueId its message queue
 * @param offset of the message there
 */
public record JmsTraceStateRequest(String topic, int queueId, long offset) implements Header {

    /** Reads the fields. */
    public static JmsTraceStateRequest readFrom(Fields in) {
        return new JmsTraceStateRequest(in.requireText("t"), in.requireInt("q"), in.requireLong("o"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
        out.put("q", queueId);
        out.put("o", offset);
    }
}
