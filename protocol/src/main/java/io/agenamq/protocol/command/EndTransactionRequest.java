// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Code 37, always one-way: what becomes of a half message (remoting §9.7).
 *
 * @param tranStateTableOffset offset of the half message in its queue
 * @param commitLogOffset its position
 * @param commitOrRollback one of the three outcomes
 */
public record EndTransactionRequest(
        @Nullable String topic,
        String producerGroup,
        long tranStateTableOffset,
        long commitLogOffset,
        int commitOrRollback,
        boolean fromTransactionCheck,
        String msgId,
        @Nullable String transactionId)
        implements Header {

    /** Outcome: not known yet, ask again. */
    public static final int UNKNOWN = 0;

    /** Outcome: publish the message. */
    public static final int COMMIT = 8;

    /** Outcome: forget the message. */
    public static final int ROLLBACK = 12;

    /** Reads the fields; 4.9 does not name the topic. */
    public static EndTransactionRequest readFrom(Fields in) {
        return new EndTransactionRequest(
                in.text("topic"),
                in.requireText("producerGroup"),
                in.requireLong("tranStateTableOffset"),
                in.requireLong("commitLogOffset"),
                in.requireInt("commitOrRollback"),
                in.flag("fromTransactionCheck", false),
                in.requireText("msgId"),
                in.text("transactionId"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("topic", topic);
        out.put("producerGroup", producerGroup);
        out.put("tranStateTableOffset", tranStateTableOffset);
        out.put("commitLogOffset", commitLogOffset);
        out.put("commitOrRollback", commitOrRollback);
        out.put("fromTransactionCheck", fromTransactionCheck);
        out.put("msgId", msgId);
        out.put("transactionId", transactionId);
    }
}
