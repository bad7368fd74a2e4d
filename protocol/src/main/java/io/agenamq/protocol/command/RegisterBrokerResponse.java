// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/** Answer to code 103: where a replica finds its primary; both absent for a primary. The body is the table of ordered topics. */
public record RegisterBrokerResponse(@Nullable String haServerAddr, @Nullable String masterAddr) implements Header {

    /** Reads the fields. */
    public static RegisterBrokerResponse readFrom(Fields in) {
        return new RegisterBrokerResponse(in.text("haServerAddr"), in.text("masterAddr"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("haServerAddr", haServerAddr);
        out.put("masterAddr", masterAddr);
    }
}
