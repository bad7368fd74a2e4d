// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A commit was refused with {@link JmsRefusal#TRANSACTION_ROLLED_BACK}.
 *
 * @param cause response code of what made a commit impossible
 */
public record JmsRolledBack(int cause) implements Header {

    /** Reads the fields. */
    public static JmsRolledBack readFrom(Fields in) {
        return new JmsRolledBack(in.intOr("r", JmsRefusal.TRANSACTION_ROLLED_BACK.code()));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("r", cause);
    }
}
