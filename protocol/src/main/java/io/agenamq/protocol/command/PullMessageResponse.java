// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/** Answer to a pull with codes 0, 19, 20 and 21: clients throw if one of the four is missing. */
public record PullMessageResponse(long suggestWhichBrokerId, long nextBeginOffset, long minOffset, long maxOffset)
        implements Header {

    /** Reads the fields. */
    public static PullMessageResponse readFrom(Fields in) {
        return new PullMessageResponse(
                in.requireLong("suggestWhichBrokerId"),
                in.requireLong("nextBeginOffset"),
                in.requireLong("minOffset"),
                in.requireLong("maxOffset"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("suggestWhichBrokerId", suggestWhichBrokerId);
        out.put("nextBeginOffset", nextBeginOffset);
        out.put("minOffset", minOffset);
        out.put("maxOffset", maxOffset);
    }
}
