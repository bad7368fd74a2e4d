// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Messages for a consumer; the body is laid out by {@link JmsDeliveries}.
 *
 * @param consumer number of the consumer
 * @param epoch of the last release
 * @param sequence number of the first message; the others follow
 * @param count how many messages
 */
public record JmsDelivery(int consumer, int epoch, long sequence, int count) implements Header {

    /** Reads the fields. */
    public static JmsDelivery readFrom(Fields in) {
        return new JmsDelivery(in.requireInt("c"), in.requireInt("e"), in.requireLong("s"), in.requireInt("n"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("c", consumer);
        out.put("e", epoch);
        out.put("s", sequence);
        out.put("n", count);
    }
}
