// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * A durable subscription that nobody uses goes on from another place, back or forth. It is a new one to whoever remembers the old: what was
 * delivered of the old cannot be acknowledged any more.
 *
 * @param name as the application says it
 * @param clientId client identifier that the name belongs to, null for none
 * @param to where, null for behind the last message; if there is a message, it does not count
 * @param message with which message, by JMSMessageID, unique key or offset id; null for none
 * @param preview whether only the answer is wanted, and nothing is to change
 */
public record JmsSeekRequest(
        String name, @Nullable String clientId, @Nullable StartPoint to, @Nullable String message, boolean preview)
        implements Header {

    /** To a place that is no message. */
    public JmsSeekRequest(String name, @Nullable String clientId, @Nullable StartPoint to, boolean preview) {
        this(name, clientId, to, null, preview);
    }

    /** Reads the fields. */
    public static JmsSeekRequest readFrom(Fields in) {
        return new JmsSeekRequest(
                in.requireText("u"),
                in.text("i"),
                JmsAttachRequest.startOf(in.text("w")),
                in.text("d"),
                in.flag("p", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("u", name);
        out.put("i", clientId);
        out.put("w", to == null ? null : to.text());
        out.put("d", message);
        out.put("p", preview);
    }
}
