// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * What a part of a sweep did.
 *
 * @param count messages that were taken out
 * @param kept messages that stay although they may have been wanted: in flight, damaged, or too large to be moved
 * @param offset where to go on
 * @param until where the message queue ended at the first part; everything is done when offset has reached it
 * @param queueCount how many message queues the queue has
 */
public record JmsSweepResponse(long count, long kept, long offset, long until, int queueCount) implements Header {

    /** Reads the fields. */
    public static JmsSweepResponse readFrom(Fields in) {
        return new JmsSweepResponse(
                in.requireLong("n"), in.requireLong("k"), in.requireLong("o"), in.requireLong("u"), in.requireInt("q"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("n", count);
        out.put("k", kept);
        out.put("o", offset);
        out.put("u", until);
        out.put("q", queueCount);
    }
}
