// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * The destination.
 *
 * @param kind what it is
 * @param queueCount how many message queues it has on this broker
 */
public record JmsResolveResponse(DestinationKind kind, int queueCount) implements Header {

    /** Reads the fields. */
    public static JmsResolveResponse readFrom(Fields in) {
        return new JmsResolveResponse(DestinationKind.of(in.requireText("k")), in.requireInt("q"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("k", kind.word());
        out.put("q", queueCount);
    }
}
