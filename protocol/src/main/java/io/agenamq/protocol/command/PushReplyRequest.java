// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Code 326, to the client that asked: the reply to its request is in the body.
 *
 * @param message the reply as it was sent to the broker; its fields travel under their long names
 * @param bornHost {@code host:port} of the replying client
 * @param storeHost {@code host:port} of the broker
 * @param storeTimestamp milliseconds
 */
public record PushReplyRequest(SendMessageRequest message, String bornHost, String storeHost, long storeTimestamp)
        implements Header {

    /** Reads the fields. */
    public static PushReplyRequest readFrom(Fields in) {
        return new PushReplyRequest(
                SendMessageRequest.readFrom(in),
                in.requireText("bornHost"),
                in.requireText("storeHost"),
                in.requireLong("storeTimestamp"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        message.withLongNames().writeTo(out);
        out.put("bornHost", bornHost);
        out.put("storeHost", storeHost);
        out.put("storeTimestamp", storeTimestamp);
    }
}
