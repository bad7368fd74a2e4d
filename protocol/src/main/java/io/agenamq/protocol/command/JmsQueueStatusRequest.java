// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * How is the queue of this name?
 *
 * @param topic name of the queue
 */
public record JmsQueueStatusRequest(String topic) implements Header {

    /** Reads the fields. */
    public static JmsQueueStatusRequest readFrom(Fields in) {
        return new JmsQueueStatusRequest(in.requireText("t"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
    }
}
