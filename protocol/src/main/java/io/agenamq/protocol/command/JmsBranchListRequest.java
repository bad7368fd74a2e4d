// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Which branches are there, of all users, those that are not prepared among them? For operators. The answer is a {@link JmsBranchesBody}.
 *
 * @param id only those whose text is or contains this, null for all
 */
public record JmsBranchListRequest(@Nullable String id) implements Header {

    /** Reads the fields. */
    public static JmsBranchListRequest readFrom(Fields in) {
        return new JmsBranchListRequest(in.text("i"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("i", id);
    }
}
