// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * What became of deliveries of an attachment that the broker knows nothing of any more, because it was started again or has waited in vain: which
 * were acknowledged without an answer, and which no application has seen. They are named by their places, in a body laid out by {@link JmsPlaces}.
 * May be repeated.
 *
 * @param consumer number of the consumer, which reads the same subscription now
 * @param subscription that the deliveries came from, as {@link JmsAttachResponse} said; if it is another one by now, nothing happens
 */
public record JmsSettleRequest(int consumer, long subscription) implements Header {

    /** Reads the fields. */
    public static JmsSettleRequest readFrom(Fields in) {
        return new JmsSettleRequest(in.requireInt("c"), in.requireLong("q"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("c", consumer);
        out.put("q", subscription);
    }
}
