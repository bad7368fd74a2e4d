// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Answer to codes 14, 29, 30 and 31: one offset. */
public record OffsetResponse(long offset) implements Header {

    /** Reads the field. */
    public static OffsetResponse readFrom(Fields in) {
        return new OffsetResponse(in.requireLong("offset"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("offset", offset);
    }
}
