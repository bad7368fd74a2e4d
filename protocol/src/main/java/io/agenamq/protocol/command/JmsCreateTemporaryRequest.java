// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A connection wants a temporary destination, which only it consumes from and which ends with it (Jakarta Messaging 3.1 §6.2.2). The answer has no
 * fields. If the destination is there already and has the same owner, it belongs to this connection from now on: the owner was cut off and is back.
 *
 * @param topic see {@link TemporaryTopic}
 * @param kind queue or topic
 * @param owner a secret of the JMS connection
 */
public record JmsCreateTemporaryRequest(String topic, DestinationKind kind, String owner) implements Header {

    /** Reads the fields. */
    public static JmsCreateTemporaryRequest readFrom(Fields in) {
        return new JmsCreateTemporaryRequest(
                in.requireText("t"), DestinationKind.of(in.requireText("k")), in.requireText("o"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
        out.put("k", kind.word());
        out.put("o", owner);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "JmsCreateTemporaryRequest[topic=" + topic + ", kind=" + kind + "]";
    }
}
