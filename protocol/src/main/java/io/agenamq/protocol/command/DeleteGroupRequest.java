// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Code 207: deletes a consumer group, with its offsets if asked. 4.9 names the second field differently. */
public record DeleteGroupRequest(String groupName, boolean cleanOffset) implements Header {

    /** Reads the fields. */
    public static DeleteGroupRequest readFrom(Fields in) {
        return new DeleteGroupRequest(
                in.requireText("groupName"), in.flag("cleanOffset", in.flag("removeOffset", false)));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("groupName", groupName);
        out.put("cleanOffset", cleanOffset);
    }
}
