// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A consumer ends. What it has in flight and has not shown to the application returns at once.
 *
 * @param consumer number of the consumer
 * @param seen the last sequence number that the application has seen, 0 for none
 * @param all whether what the application has seen returns too, counted as a delivery; otherwise it stays in flight until it is acknowledged or released
 */
public record JmsDetachRequest(int consumer, long seen, boolean all) implements Header {

    /** Reads the fields. */
    public static JmsDetachRequest readFrom(Fields in) {
        return new JmsDetachRequest(in.requireInt("c"), in.requireLong("s"), in.flag("a", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("c", consumer);
        out.put("s", seen);
        out.put("a", all);
    }
}
