// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A part belongs to its branch. A branch that is not prepared is in the broker's memory; if that is lost and another part comes later, a branch of the same identity begins that has not
 * all. So who has ended a part says with every further one, and when it prepares or commits in one phase, which life of the branch it means.
 *
 * @param life which one, never 0
 */
public record JmsBranchEndResponse(long life) implements Header {

    /** Reads the fields. */
    public static JmsBranchEndResponse readFrom(Fields in) {
        return new JmsBranchEndResponse(in.requireLong("l"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("l", life);
    }
}
