// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Answer to code 12, also when nothing was found: how far the index is, in milliseconds and as a position. The body is records. */
public record QueryMessageResponse(long indexLastUpdateTimestamp, long indexLastUpdatePhyoffset) implements Header {

    /** Reads the fields. */
    public static QueryMessageResponse readFrom(Fields in) {
        return new QueryMessageResponse(
                in.requireLong("indexLastUpdateTimestamp"), in.requireLong("indexLastUpdatePhyoffset"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("indexLastUpdateTimestamp", indexLastUpdateTimestamp);
        out.put("indexLastUpdatePhyoffset", indexLastUpdatePhyoffset);
    }
}
