// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * A consumer begins, or goes on over another connection. Answered by {@link JmsAttachResponse}; deliveries may overtake the answer.
 *
 * @param consumer number of the consumer, unique on the connection
 * @param topic name of the destination
 * @param kind as what the destination is consumed: as a queue or as a topic
 * @param selector which messages, null for all
 * @param exceptPrefix messages whose unique key begins so are not delivered (noLocal), null for none; a durable subscription with it
 *     leaves out the messages of its client identifier
 * @param subscription of a topic that it takes part in; null for a queue, and for one of its own that ends with it
 * @param start where a subscription of a topic begins if it does not exist yet; null for now
 * @param attachment who it is over all its connections; null for one that does not come again
 * @param messages credit to begin with; 0 as long as the connection is stopped
 * @param bytes credit in bytes of records; a message is delivered while it is positive
 */
public record JmsAttachRequest(
        int consumer,
        String topic,
        DestinationKind kind,
        @Nullable String selector,
        @Nullable String exceptPrefix,
        @Nullable JmsSubscription subscription,
        @Nullable StartPoint start,
        @Nullable JmsAttachment attachment,
        int messages,
        int bytes)
        implements Header {

    /** Reads the fields. */
    public static JmsAttachRequest readFrom(Fields in) {
        return new JmsAttachRequest(
                in.requireInt("c"),
                in.requireText("t"),
                DestinationKind.of(in.requireText("k")),
                in.text("s"),
                in.text("n"),
                JmsSubscription.readFrom(in),
                startOf(in.text("w")),
                JmsAttachment.readFrom(in),
                in.requireInt("m"),
                in.requireInt("b"));
    }

    static @Nullable StartPoint startOf(@Nullable String text) {
        try {
            return text == null ? null : StartPoint.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw new ProtocolException(ResponseCode.INVALID_PARAMETER, String.valueOf(malformed.getMessage()));
        }
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("c", consumer);
        out.put("t", topic);
        out.put("k", kind.word());
        out.put("s", selector);
        out.put("n", exceptPrefix);
        if (subscription != null) {
            subscription.writeTo(out);
        }
        out.put("w", start == null ? null : start.text());
        if (attachment != null) {
            attachment.writeTo(out);
        }
        out.put("m", messages);
        out.put("b", bytes);
    }
}
