// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/** Code 39, one-way to a producer: what became of the half message in the body? The offsets come back with code 37. */
public record CheckTransactionRequest(
        @Nullable String topic,
        long tranStateTableOffset,
        long commitLogOffset,
        @Nullable String msgId,
        @Nullable String transactionId,
        @Nullable String offsetMsgId,
        @Nullable String brokerName)
        implements Header {

    /** Reads the fields. */
    public static CheckTransactionRequest readFrom(Fields in) {
        return new CheckTransactionRequest(
                in.text("topic"),
                in.requireLong("tranStateTableOffset"),
                in.requireLong("commitLogOffset"),
                in.text("msgId"),
                in.text("transactionId"),
                in.text("offsetMsgId"),
                in.text("bname"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("topic", topic);
        out.put("tranStateTableOffset", tranStateTableOffset);
        out.put("commitLogOffset", commitLogOffset);
        out.put("msgId", msgId);
        out.put("transactionId", transactionId);
        out.put("offsetMsgId", offsetMsgId);
        out.put("bname", brokerName);
    }
}
