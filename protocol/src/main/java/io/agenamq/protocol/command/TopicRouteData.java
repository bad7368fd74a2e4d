// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer to code 105: the brokers and queues of a topic. Written as standard JSON for every client, which the older ones read as well.
 *
 * @param orderTopicConf {@code broker:count;broker:count} for ordered topics
 */
public record TopicRouteData(@Nullable String orderTopicConf, List<QueueData> queueDatas, List<BrokerData> brokerDatas)
        implements JsonBody {

    public TopicRouteData {
        queueDatas = List.copyOf(queueDatas);
        brokerDatas = List.copyOf(brokerDatas);
    }

    /** Reads a body. */
    public static TopicRouteData parse(ByteBuffer utf8) {
        String orderTopicConf = null;
        List<QueueData> queues = new ArrayList<>();
        List<BrokerData> brokers = new ArrayList<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "orderTopicConf" -> orderTopicConf = in.text();
                case "queueDatas" -> {
                    in.beginArray();
                    while (in.nextElement()) {
                        queues.add(QueueData.readFrom(in));
                    }
                }
                case "brokerDatas" -> {
                    in.beginArray();
                    while (in.nextElement()) {
                        brokers.add(BrokerData.readFrom(in));
                    }
                }
                default -> in.skip();
            }
        }
        return new TopicRouteData(orderTopicConf, queues, brokers);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("brokerDatas").beginArray();
        brokerDatas.forEach(broker -> broker.writeTo(out));
        out.endArray()
                .name("filterServerTable")
                .beginObject()
                .endObject()
                .field("orderTopicConf", orderTopicConf)
                .name("queueDatas")
                .beginArray();
        queueDatas.forEach(queue -> queue.writeTo(out));
        out.endArray().endObject();
    }
}
