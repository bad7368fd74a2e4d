// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Where a message was stored. RocketMQ's clients read {@code MSG_REGION} of every success without asking whether there are fields, so the
 * region and the trace switch are always written.
 *
 * @param msgId offset id of the message; those of a batch joined by commas
 * @param queueOffset offset of the (first) message
 * @param transactionId the message's unique id, for half messages
 * @param region which region the broker says it is in
 * @param traceOn whether the client may trace the message
 */
public record SendMessageResponse(
        String msgId, int queueId, long queueOffset, @Nullable String transactionId, String region, boolean traceOn)
        implements Header {

    private static final String DEFAULT_REGION = "DefaultRegion";

    /** Reads all; only the first three must be there. */
    public static SendMessageResponse readFrom(Fields in) {
        String region = in.text("MSG_REGION");
        return new SendMessageResponse(
                in.requireText("msgId"),
                in.requireInt("queueId"),
                in.requireLong("queueOffset"),
                in.text("transactionId"),
                region == null ? DEFAULT_REGION : region,
                in.flag("TRACE_ON", true));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("msgId", msgId);
        out.put("queueId", queueId);
        out.put("queueOffset", queueOffset);
        out.put("transactionId", transactionId);
        out.put("MSG_REGION", region);
        out.put("TRACE_ON", traceOn);
    }
}
