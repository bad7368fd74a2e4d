// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;

/**
 * This connection can find out what became of branches of kind {@link JmsBranch.Kind#TABLE} of a group, until it ends: {@link JmsBranchCheck}. Members are of one user.
 *
 * @param group name of the group, 1 to {@value #NAME_LENGTH_MAX} characters
 */
public record JmsGroupJoinRequest(String group) implements Header {

    /** Most characters of a group's name. */
    public static final int NAME_LENGTH_MAX = 255;

    /** Reads the fields. */
    public static JmsGroupJoinRequest readFrom(Fields in) {
        String group = in.requireText("g");
        if (group.isEmpty() || group.length() > NAME_LENGTH_MAX) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER,
                    "the name of a group has 1 to " + NAME_LENGTH_MAX + " characters; this one has " + group.length());
        }
        return new JmsGroupJoinRequest(group);
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("g", group);
    }
}
