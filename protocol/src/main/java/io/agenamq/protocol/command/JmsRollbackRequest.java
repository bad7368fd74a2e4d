// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * The messages that were sent for a transaction are forgotten; deliveries are given back by {@link JmsReleaseRequest}s. Usually one-way.
 *
 * @param transaction which one; an unknown one is rolled back already
 */
public record JmsRollbackRequest(JmsTransaction transaction) implements Header {

    /** Reads the fields. */
    public static JmsRollbackRequest readFrom(Fields in) {
        return new JmsRollbackRequest(JmsTransaction.readFrom(in));
    }

    @Override
    public void writeTo(FieldWriter out) {
        transaction.writeTo(out);
    }
}
