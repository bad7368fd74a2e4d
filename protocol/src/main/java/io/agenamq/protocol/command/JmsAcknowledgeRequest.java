// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Deliveries are settled. What is not in flight any more is passed over, so that it may be repeated.
 *
 * @param consumer number of the consumer
 * @param from the first sequence number
 * @param to the last sequence number
 * @param epoch of the last release; credit of an older one is ignored
 * @param messages credit to add
 * @param bytes credit in bytes to add
 * @param durable whether the answer waits until the acknowledgement is on disk
 */
public record JmsAcknowledgeRequest(
        int consumer, long from, long to, int epoch, int messages, int bytes, boolean durable) implements Header {

    /** Reads the fields. */
    public static JmsAcknowledgeRequest readFrom(Fields in) {
        return new JmsAcknowledgeRequest(
                in.requireInt("c"),
                in.requireLong("f"),
                in.requireLong("t"),
                in.requireInt("e"),
                in.requireInt("m"),
                in.requireInt("b"),
                in.flag("d", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("c", consumer);
        out.put("f", from);
        out.put("t", to);
        out.put("e", epoch);
        out.put("m", messages);
        out.put("b", bytes);
        out.put("d", durable);
    }
}
