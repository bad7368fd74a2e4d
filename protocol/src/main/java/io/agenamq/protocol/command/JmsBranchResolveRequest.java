// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * An operator decides about a prepared branch, instead of who should. Answered and refused as a {@link JmsBranchDecideRequest}; {@link JmsRefusal#WRONG_BRANCH_STATE} if the branch is not
 * prepared and is to be committed.
 *
 * @param branch which one
 * @param user whose branch it is, null for nobody's
 * @param commit whether it is committed; otherwise it is rolled back
 */
public record JmsBranchResolveRequest(JmsBranch branch, @Nullable String user, boolean commit) implements Header {

    /** Reads the fields. */
    public static JmsBranchResolveRequest readFrom(Fields in) {
        return new JmsBranchResolveRequest(JmsBranch.readFrom(in), in.text("u"), in.flag("c", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        branch.writeTo(out);
        out.put("u", user);
        out.put("c", commit);
    }
}
