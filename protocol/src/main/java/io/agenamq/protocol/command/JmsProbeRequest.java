// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Is there anything for a consumer now? Answered by {@link JmsProbeResponse} when everything that was there has been pushed.
 *
 * @param consumer number of the consumer
 * @param epoch of the last release
 * @param messages credit to add before looking
 * @param bytes credit in bytes to add before looking
 * @param drain whether the credit that is left over after looking is taken away
 */
public record JmsProbeRequest(int consumer, int epoch, int messages, int bytes, boolean drain) implements Header {

    /** Reads the fields. */
    public static JmsProbeRequest readFrom(Fields in) {
        return new JmsProbeRequest(
                in.requireInt("c"), in.requireInt("e"), in.requireInt("m"), in.requireInt("b"), in.flag("d", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("c", consumer);
        out.put("e", epoch);
        out.put("m", messages);
        out.put("b", bytes);
        out.put("d", drain);
    }
}
