// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.jspecify.annotations.Nullable;

/** How messages, send results and queues look in a {@link Line}. */
final class Messages {

    /** Bodies up to this length are shown as text; of longer ones only length and CRC-32 are. */
    static final int SHOWN_BODY_BYTES = 512;

    private Messages() {}

    /**
     * The message number {@code index} that a send request describes: body {@code body + index}, filled up to {@code size} bytes with
     * dots if that is longer.
     */
    static Message described(Line request, int index) {
        String text = request.text("body", "m-") + index;
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        int size = request.number("size", 0);
        if (size > body.length) {
            var filled = new StringBuilder(text);
            while (filled.length() < size) {
                filled.append('.');
            }
            body = filled.toString().getBytes(StandardCharsets.UTF_8);
        }
        var message = new Message(request.text("topic"), body);
        if (request.has("tags")) {
            String[] tags = request.text("tags").split(",");
            message.setTags(tags[index % tags.length]);
        }
        if (request.has("keys")) {
            message.setKeys(request.text("keys").replace("#", String.valueOf(index)));
        }
        if (request.has("properties")) {
            for (Map.Entry<String, String> property : request.map("properties").entrySet()) {
                message.putUserProperty(property.getKey(), property.getValue().replace("#", String.valueOf(index)));
            }
        }
        if (request.has("wait")) {
            message.setWaitStoreMsgOK(request.flag("wait"));
        }
        return message;
    }

    static Line line(MessageExt message) {
        // A Jakarta message may have an empty body, and the official client has none at all then.
        byte[] body = message.getBody() == null ? new byte[0] : message.getBody();
        var crc = new CRC32();
        crc.update(body);
        var line = Line.of("message")
                .with("topic", message.getTopic())
                .with("broker", message.getBrokerName())
                .with("queue", message.getQueueId())
                .with("offset", message.getQueueOffset())
                .with("id", message.getMsgId())
                .with("tags", message.getTags())
                .with("keys", message.getKeys())
                .with("storeSize", message.getStoreSize())
                .with("born", message.getBornTimestamp())
                .with("stored", message.getStoreTimestamp())
                .with("storeHost", message.getStoreHost())
                .with("attempts", message.getReconsumeTimes())
                .with("bodyLength", body.length)
                .with("bodyCrc", crc.getValue())
                .withMap("properties", message.getProperties());
        if (body.length <= SHOWN_BODY_BYTES) {
            line.with("body", new String(body, StandardCharsets.UTF_8));
        }
        return line;
    }

    static List<Line> lines(@Nullable Collection<MessageExt> messages) {
        List<Line> lines = new ArrayList<>();
        if (messages != null) {
            for (MessageExt message : messages) {
                lines.add(line(message));
            }
        }
        return lines;
    }

    /** A send result; one-way sends have none. */
    static Line sent(@Nullable SendResult result, long nanosBefore) {
        var line = Line.of("sent").with("nanos", nanosBefore);
        if (result != null) {
            line.with("status", result.getSendStatus())
                    .with("id", result.getMsgId())
                    .with("offsetId", result.getOffsetMsgId())
                    .with("broker", result.getMessageQueue().getBrokerName())
                    .with("queue", result.getMessageQueue().getQueueId())
                    .with("offset", result.getQueueOffset())
                    .with("region", result.getRegionId());
        }
        return line;
    }

    static Line queue(MessageQueue queue) {
        return Line.of("queue")
                .with("topic", queue.getTopic())
                .with("broker", queue.getBrokerName())
                .with("queue", queue.getQueueId());
    }

    static List<Line> queues(Collection<MessageQueue> queues) {
        List<Line> lines = new ArrayList<>();
        for (MessageQueue queue : queues) {
            lines.add(queue(queue));
        }
        return lines;
    }

    /** The queue that a request names by {@code topic}, {@code broker} and {@code queue}. */
    static MessageQueue queue(Line request) {
        return new MessageQueue(request.text("topic"), request.text("broker"), request.number("queue"));
    }

    static List<MessageQueue> queues(Line request, String name) {
        List<MessageQueue> queues = new ArrayList<>();
        for (Line line : request.lines(name)) {
            queues.add(queue(line));
        }
        return queues;
    }
}
