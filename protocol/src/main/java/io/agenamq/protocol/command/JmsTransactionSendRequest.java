// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * One message of a transaction, its body in the frame. The broker keeps it until the transaction is decided; the first one begins the
 * transaction.
 *
 * @param transaction which one
 * @param index of the message in its transaction, from 1 on without gaps, so that a part that was lost is noticed
 * @param send the message
 */
public record JmsTransactionSendRequest(JmsTransaction transaction, int index, SendMessageRequest send)
        implements Header {

    /** Reads the fields. */
    public static JmsTransactionSendRequest readFrom(Fields in) {
        return new JmsTransactionSendRequest(
                JmsTransaction.readFrom(in), in.requireInt("z"), SendMessageRequest.readFrom(in));
    }

    @Override
    public void writeTo(FieldWriter out) {
        send.writeTo(out);
        transaction.writeTo(out);
        out.put("z", index);
    }
}
