// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Body of codes 41 and 42: a client of a group locks or unlocks queues. 4.9 does not send {@code onlyThisBroker}. */
public record LockQueuesBody(String consumerGroup, String clientId, boolean onlyThisBroker, List<MessageQueue> mqSet)
        implements JsonBody {

    public LockQueuesBody {
        mqSet = List.copyOf(mqSet);
    }

    /** Reads a body. */
    public static LockQueuesBody parse(ByteBuffer utf8) {
        String consumerGroup = "";
        String clientId = "";
        boolean onlyThisBroker = false;
        List<MessageQueue> queues = List.of();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "consumerGroup" -> consumerGroup = in.textOr("");
                case "clientId" -> clientId = in.textOr("");
                case "onlyThisBroker" -> onlyThisBroker = in.booleanOr(false);
                case "mqSet" -> queues = readQueues(in);
                default -> in.skip();
            }
        }
        return new LockQueuesBody(consumerGroup, clientId, onlyThisBroker, queues);
    }

    static List<MessageQueue> readQueues(JsonReader in) {
        List<MessageQueue> queues = new ArrayList<>();
        in.beginArray();
        while (in.nextElement()) {
            queues.add(MessageQueue.readFrom(in));
        }
        return queues;
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .field("clientId", clientId)
                .field("consumerGroup", consumerGroup)
                .name("mqSet")
                .beginArray();
        mqSet.forEach(queue -> queue.writeTo(out));
        out.endArray().field("onlyThisBroker", onlyThisBroker).endObject();
    }
}
