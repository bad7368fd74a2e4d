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
 * @param partitions over how many brokers it is spread, 1 for a destination with one home
 */
public record JmsResolveResponse(DestinationKind kind, int queueCount, int partitions) implements Header {

    /** Reads the fields. */
    public static JmsResolveResponse readFrom(Fields in) {
        return new JmsResolveResponse(DestinationKind.of(in.requireText("k")), in.requireInt("q"), in.intOr("p", 1));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("k", kind.word());
        out.put("q", queueCount);
        out.put("p", partitions);
    }
}
