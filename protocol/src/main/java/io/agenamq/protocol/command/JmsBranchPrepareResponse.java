// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A branch is prepared, or there was nothing in it.
 *
 * @param readOnly nothing was in it, and it is over; no decision may follow
 */
public record JmsBranchPrepareResponse(boolean readOnly) implements Header {

    /** Reads the fields. */
    public static JmsBranchPrepareResponse readFrom(Fields in) {
        return new JmsBranchPrepareResponse(in.flag("r", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("r", readOnly);
    }
}
