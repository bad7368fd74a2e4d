// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A consumer can take more. One-way.
 *
 * @param consumer number of the consumer
 * @param epoch of the last release; an older one is ignored
 * @param messages credit to add
 * @param bytes credit in bytes to add
 */
public record JmsCreditRequest(int consumer, int epoch, int messages, int bytes) implements Header {

    /** Reads the fields. */
    public static JmsCreditRequest readFrom(Fields in) {
        return new JmsCreditRequest(in.requireInt("c"), in.requireInt("e"), in.requireInt("m"), in.requireInt("b"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("c", consumer);
        out.put("e", epoch);
        out.put("m", messages);
        out.put("b", bytes);
    }
}
