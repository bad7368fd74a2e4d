// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Answer to code 322: whether the name server has another version than the one in the request's body. */
public record DataVersionResponse(boolean changed) implements Header {

    /** Reads the field. */
    public static DataVersionResponse readFrom(Fields in) {
        return new DataVersionResponse(in.flag("changed", true));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("changed", changed);
    }
}
