// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Who a connection is: asked before anything else, so that a wrong password is known when a connection is made (Jakarta Messaging 3.1
 * §6.1.1). The password is the body, in UTF-8, and not a field, so that nothing that prints headers prints it. The answer has no fields; a
 * refusal is {@link ResponseCode#NO_PERMISSION}, and {@link ResponseCode#SYSTEM_BUSY} where too many want to log in at once.
 *
 * @param user name of the user; null asks whether the connection may go on without one
 */
public record JmsLoginRequest(@Nullable String user) implements Header {

    /** Longest password, in bytes. */
    public static final int PASSWORD_BYTES_MAX = 1024;

    /** Reads the fields. */
    public static JmsLoginRequest readFrom(Fields in) {
        return new JmsLoginRequest(in.text("u"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        if (user != null) {
            out.put("u", user);
        }
    }
}
