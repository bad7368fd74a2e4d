// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Codes 310, 320, 324, 325 and 10: one message, or a batch of them in the body (remoting §9.1). There are two sets of field names, short and
 * long; they are told apart by the field {@code a}, because some clients send long names with the codes of the short ones.
 *
 * @param producerGroup who sends
 * @param defaultTopic the topic whose settings a new topic takes
 * @param queueId negative lets the broker choose
 * @param bornTimestamp milliseconds
 * @param properties raw property bytes (remoting §7.3), empty if none
 * @param batch whether the body holds several messages
 */
public record SendMessageRequest(
        String producerGroup,
        String topic,
        String defaultTopic,
        int defaultTopicQueueCount,
        int queueId,
        int sysFlag,
        long bornTimestamp,
        int flag,
        ByteBuffer properties,
        int reconsumeTimes,
        boolean unitMode,
        int maxReconsumeTimes,
        boolean batch,
        @Nullable String brokerName)
        implements Header {

    /** {@link #maxReconsumeTimes} of a request that does not say. */
    public static final int MAX_RECONSUME_TIMES_UNSET = -1;

    private static final ByteBuffer NO_PROPERTIES = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** Reads either set of names. */
    public static SendMessageRequest readFrom(Fields in) {
        return in.has("a") ? readShortNames(in) : readLongNames(in);
    }

    private static SendMessageRequest readShortNames(Fields in) {
        return new SendMessageRequest(
                in.requireText("a"),
                in.requireText("b"),
                in.requireText("c"),
                in.requireInt("d"),
                in.requireInt("e"),
                in.requireInt("f"),
                in.requireLong("g"),
                in.requireInt("h"),
                propertiesOf(in.bytes("i")),
                in.intOr("j", 0),
                in.flag("k", false),
                in.intOr("l", MAX_RECONSUME_TIMES_UNSET),
                in.flag("m", false),
                in.text("n"));
    }

    private static SendMessageRequest readLongNames(Fields in) {
        return new SendMessageRequest(
                in.requireText("producerGroup"),
                in.requireText("topic"),
                in.requireText("defaultTopic"),
                in.requireInt("defaultTopicQueueNums"),
                in.requireInt("queueId"),
                in.requireInt("sysFlag"),
                in.requireLong("bornTimestamp"),
                in.requireInt("flag"),
                propertiesOf(in.bytes("properties")),
                in.intOr("reconsumeTimes", 0),
                in.flag("unitMode", false),
                in.intOr("maxReconsumeTimes", MAX_RECONSUME_TIMES_UNSET),
                in.flag("batch", false),
                in.text("bname"));
    }

    private static ByteBuffer propertiesOf(@Nullable ByteBuffer bytes) {
        return bytes == null ? NO_PROPERTIES : bytes;
    }

    /** Writes short names, as every current client does. */
    @Override
    public void writeTo(FieldWriter out) {
        out.put("a", producerGroup);
        out.put("b", topic);
        out.put("c", defaultTopic);
        out.put("d", defaultTopicQueueCount);
        out.put("e", queueId);
        out.put("f", sysFlag);
        out.put("g", bornTimestamp);
        out.put("h", flag);
        out.put("i", properties);
        out.put("j", reconsumeTimes);
        out.put("k", unitMode);
        if (maxReconsumeTimes != MAX_RECONSUME_TIMES_UNSET) {
            out.put("l", maxReconsumeTimes);
        }
        out.put("m", batch);
        out.put("n", brokerName);
    }

    /** The same fields under their long names, for code 10. */
    public Header withLongNames() {
        return out -> {
            out.put("producerGroup", producerGroup);
            out.put("topic", topic);
            out.put("defaultTopic", defaultTopic);
            out.put("defaultTopicQueueNums", defaultTopicQueueCount);
            out.put("queueId", queueId);
            out.put("sysFlag", sysFlag);
            out.put("bornTimestamp", bornTimestamp);
            out.put("flag", flag);
            out.put("properties", properties);
            out.put("reconsumeTimes", reconsumeTimes);
            out.put("unitMode", unitMode);
            if (maxReconsumeTimes != MAX_RECONSUME_TIMES_UNSET) {
                out.put("maxReconsumeTimes", maxReconsumeTimes);
            }
            out.put("batch", batch);
            out.put("bname", brokerName);
        };
    }
}
