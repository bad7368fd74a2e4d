// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;

/**
 * Which branches of the user wait for a decision, or were decided by an operator? The answer is a {@link JmsBranchesBody}.
 *
 * @param kind of which kind
 */
public record JmsBranchRecoverRequest(JmsBranch.Kind kind) implements Header {

    /** Reads the fields. */
    public static JmsBranchRecoverRequest readFrom(Fields in) {
        try {
            return new JmsBranchRecoverRequest(JmsBranch.Kind.of(in.requireText("k")));
        } catch (IllegalArgumentException unknown) {
            throw new ProtocolException(ResponseCode.INVALID_PARAMETER, String.valueOf(unknown.getMessage()));
        }
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("k", kind.word());
    }
}
