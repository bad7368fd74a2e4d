// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * A temporary destination of this connection ends; refused as long as it has consumers. The answer has no fields.
 *
 * @param topic see {@link TemporaryTopic}; null for all of the connection's, with or without consumers
 */
public record JmsDeleteTemporaryRequest(@Nullable String topic) implements Header {

    /** Reads the fields. */
    public static JmsDeleteTemporaryRequest readFrom(Fields in) {
        return new JmsDeleteTemporaryRequest(in.text("t"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
    }
}
