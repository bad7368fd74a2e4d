// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Where a destination of Jakarta Messaging lives: the answer to {@link JmsHomeRequest}, and what comes with {@link JmsRefusal#LIVES_ELSEWHERE}.
 *
 * @param broker name of its broker, null if it lives nowhere
 * @param address {@code host:port} of that broker, null if it is away
 */
public record JmsHome(@Nullable String broker, @Nullable String address) implements Header {

    /** It lives nowhere. */
    public static final JmsHome NOWHERE = new JmsHome(null, null);

    /** Reads the fields. */
    public static JmsHome readFrom(Fields in) {
        return new JmsHome(in.text("b"), in.text("a"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        if (broker != null) {
            out.put("b", broker);
        }
        if (address != null) {
            out.put("a", address);
        }
    }
}
