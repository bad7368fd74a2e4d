// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Identity of a local transaction. A session has one after another, so that a number tells them apart, and only the last one can ever be in
 * doubt.
 *
 * @param session name of the client's session, unique in the world and given by the client; on the wire at most {@link #SESSION_LENGTH_MAX} characters
 * @param number of the transaction in its session, from 1 on, rising
 */
public record JmsTransaction(String session, long number) {

    /** Most characters of a session's name. */
    public static final int SESSION_LENGTH_MAX = 64;

    /** Refuses what no client of ours sends. */
    static JmsTransaction readFrom(Fields in) {
        JmsTransaction read = new JmsTransaction(in.requireText("x"), in.requireLong("y"));
        if (read.session.isEmpty() || read.session.length() > SESSION_LENGTH_MAX || read.number < 1) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER,
                    "there cannot be a transaction " + read.number + " of a session whose name has "
                            + read.session.length() + " characters");
        }
        return read;
    }

    /**
     * The same as a server knows it: nobody but its user can mean it, though the name of a session is no secret.
     *
     * @param user null for nobody; names of users have no slash
     */
    public JmsTransaction ofUser(@Nullable String user) {
        return new JmsTransaction((user == null ? "" : user) + "/" + session, number);
    }

    void writeTo(FieldWriter out) {
        out.put("x", session);
        out.put("y", number);
    }

    @Override
    public String toString() {
        return session + "/" + number;
    }
}
