// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Was this transaction committed? Asked by who has lost the answer to a commit. The answer is final: a commit that is still on its way and was
 * not seen before the question is refused when it comes.
 *
 * @param transaction which one
 * @param ageMillis for how long it has been in doubt, by the client's clock
 */
public record JmsOutcomeRequest(JmsTransaction transaction, long ageMillis) implements Header {

    /** Reads the fields. */
    public static JmsOutcomeRequest readFrom(Fields in) {
        return new JmsOutcomeRequest(JmsTransaction.readFrom(in), in.requireLong("a"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        transaction.writeTo(out);
        out.put("a", ageMillis);
    }
}
