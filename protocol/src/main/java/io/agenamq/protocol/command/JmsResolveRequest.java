// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * What is the destination of this name?
 *
 * @param topic name of the destination
 * @param kind as what it is going to be used
 * @param create whether it may be created with this kind if there is none
 */
public record JmsResolveRequest(String topic, DestinationKind kind, boolean create) implements Header {

    /** Reads the fields. */
    public static JmsResolveRequest readFrom(Fields in) {
        return new JmsResolveRequest(in.requireText("t"), DestinationKind.of(in.requireText("k")), in.flag("c", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
        out.put("k", kind.word());
        out.put("c", create);
    }
}
