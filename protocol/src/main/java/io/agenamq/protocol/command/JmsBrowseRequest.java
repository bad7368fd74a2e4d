// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * A page of messages of one message queue that stay where they are.
 *
 * @param topic name of the destination
 * @param queueId the message queue
 * @param selector which messages, null for all
 * @param offset where to begin: an offset, 0 for the beginning, or as the last answer said
 * @param until where to end, as the first answer said; 0 for where the queue ends now
 * @param messages at most so many
 * @param bytes at most about so many bytes of records
 * @param settled whether messages that are settled already are shown too
 */
public record JmsBrowseRequest(
        String topic,
        int queueId,
        @Nullable String selector,
        long offset,
        long until,
        int messages,
        int bytes,
        boolean settled)
        implements Header {

    /** Reads the fields. */
    public static JmsBrowseRequest readFrom(Fields in) {
        return new JmsBrowseRequest(
                in.requireText("t"),
                in.requireInt("q"),
                in.text("s"),
                in.requireLong("o"),
                in.requireLong("u"),
                in.requireInt("m"),
                in.requireInt("b"),
                in.flag("a", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
        out.put("q", queueId);
        out.put("s", selector);
        out.put("o", offset);
        out.put("u", until);
        out.put("m", messages);
        out.put("b", bytes);
        out.put("a", settled);
    }
}
