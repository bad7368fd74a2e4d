// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Answer to code 32: when the oldest message was stored, in milliseconds; -1 in an empty queue. */
public record StoreTimeResponse(long timestamp) implements Header {

    /** Reads the field. */
    public static StoreTimeResponse readFrom(Fields in) {
        return new StoreTimeResponse(in.requireLong("timestamp"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("timestamp", timestamp);
    }
}
