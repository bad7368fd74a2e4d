// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * A JMS queue goes on from another place, back or forth: what is behind the place is delivered, again if it was before, and what is before the place is
 * not. Consumers stay; what they have in flight cannot be acknowledged any more.
 *
 * @param topic name of the queue
 * @param to where, null for behind the last message; if there is a message, it does not count
 * @param message with which message, by JMSMessageID, unique key or offset id; null for none
 * @param preview whether only the answer is wanted, and nothing is to change
 */
public record JmsQueueSeekRequest(String topic, @Nullable StartPoint to, @Nullable String message, boolean preview)
        implements Header {

    /** Reads the fields. */
    public static JmsQueueSeekRequest readFrom(Fields in) {
        return new JmsQueueSeekRequest(
                in.requireText("t"), JmsAttachRequest.startOf(in.text("w")), in.text("d"), in.flag("p", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
        out.put("w", to == null ? null : to.text());
        out.put("d", message);
        out.put("p", preview);
    }
}
