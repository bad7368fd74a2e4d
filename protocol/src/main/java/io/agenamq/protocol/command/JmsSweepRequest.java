// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages out of a message queue, those in flight excepted: for good, or into another queue. One request does a bounded part of the work, and the
 * answer says where to go on.
 *
 * @param topic name of the queue
 * @param queueId the message queue
 * @param selector which messages, null for all
 * @param target name of the queue that gets them, null for none
 * @param offset where to begin; 0 for the beginning
 * @param until where to end, as the first answer said; 0 for where the queue ends now
 * @param messages at most so many
 */
public record JmsSweepRequest(
        String topic,
        int queueId,
        @Nullable String selector,
        @Nullable String target,
        long offset,
        long until,
        long messages)
        implements Header {

    /** Reads the fields. */
    public static JmsSweepRequest readFrom(Fields in) {
        return new JmsSweepRequest(
                in.requireText("t"),
                in.requireInt("q"),
                in.text("s"),
                in.text("d"),
                in.requireLong("o"),
                in.requireLong("u"),
                in.requireLong("m"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
        out.put("q", queueId);
        out.put("s", selector);
        out.put("d", target);
        out.put("o", offset);
        out.put("u", until);
        out.put("m", messages);
    }
}
