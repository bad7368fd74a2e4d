// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Code 36: a consumer failed on a message and wants it again later (remoting §9.5).
 *
 * @param offset position of the message in the commit log
 * @param delayLevel 0 lets the broker choose by the number of attempts; negative gives up
 */
public record SendBackRequest(
        long offset,
        String group,
        int delayLevel,
        @Nullable String originMsgId,
        @Nullable String originTopic,
        boolean unitMode,
        int maxReconsumeTimes)
        implements Header {

    /** {@link #maxReconsumeTimes} of a request that leaves it to the group. */
    public static final int MAX_RECONSUME_TIMES_UNSET = -1;

    /** Reads the fields. */
    public static SendBackRequest readFrom(Fields in) {
        return new SendBackRequest(
                in.requireLong("offset"),
                in.requireText("group"),
                in.requireInt("delayLevel"),
                in.text("originMsgId"),
                in.text("originTopic"),
                in.flag("unitMode", false),
                in.intOr("maxReconsumeTimes", MAX_RECONSUME_TIMES_UNSET));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("offset", offset);
        out.put("group", group);
        out.put("delayLevel", delayLevel);
        out.put("originMsgId", originMsgId);
        out.put("originTopic", originTopic);
        out.put("unitMode", unitMode);
        out.put("maxReconsumeTimes", maxReconsumeTimes);
    }
}
