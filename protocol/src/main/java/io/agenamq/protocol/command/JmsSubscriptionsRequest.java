// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Which durable subscriptions are there? The answer is a {@link JmsSubscriptionsBody}.
 *
 * @param topic of which topic, null for all
 */
public record JmsSubscriptionsRequest(@Nullable String topic) implements Header {

    /** Reads the fields. */
    public static JmsSubscriptionsRequest readFrom(Fields in) {
        return new JmsSubscriptionsRequest(in.text("t"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
    }
}
