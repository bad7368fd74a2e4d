// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Changes one attribute of a destination; consumers notice at once.
 *
 * @param topic name of the destination
 * @param name of the attribute
 * @param value what it is from now on, null for its default
 */
public record JmsConfigureRequest(String topic, String name, @Nullable String value) implements Header {

    /** Reads the fields. */
    public static JmsConfigureRequest readFrom(Fields in) {
        return new JmsConfigureRequest(in.requireText("t"), in.requireText("a"), in.text("v"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
        out.put("a", name);
        out.put("v", value);
    }
}
