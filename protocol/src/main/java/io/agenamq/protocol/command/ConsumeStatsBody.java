// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answer to code 208: a group's progress in each queue. An unknown group has an empty table. */
public record ConsumeStatsBody(double consumeTps, Map<MessageQueue, Progress> offsetTable) implements JsonBody {

    /** One queue: its end, the group's committed and pulled offsets, and when the last consumed message was stored (milliseconds). */
    public record Progress(long brokerOffset, long consumerOffset, long pullOffset, long lastTimestamp)
            implements JsonBody {

        static Progress readFrom(JsonReader in) {
            long brokerOffset = 0;
            long consumerOffset = 0;
            long pullOffset = 0;
            long lastTimestamp = 0;
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                switch (name) {
                    case "brokerOffset" -> brokerOffset = in.longOr(0);
                    case "consumerOffset" -> consumerOffset = in.longOr(0);
                    case "pullOffset" -> pullOffset = in.longOr(0);
                    case "lastTimestamp" -> lastTimestamp = in.longOr(0);
                    default -> in.skip();
                }
            }
            return new Progress(brokerOffset, consumerOffset, pullOffset, lastTimestamp);
        }

        @Override
        public void writeTo(JsonWriter out) {
            out.beginObject()
                    .field("brokerOffset", brokerOffset)
                    .field("consumerOffset", consumerOffset)
                    .field("lastTimestamp", lastTimestamp)
                    .field("pullOffset", pullOffset)
                    .endObject();
        }
    }

    public ConsumeStatsBody {
        offsetTable = Collections.unmodifiableMap(new LinkedHashMap<>(offsetTable));
    }

    /** Reads a body. */
    public static ConsumeStatsBody parse(ByteBuffer utf8) {
        double consumeTps = 0;
        Map<MessageQueue, Progress> table = new LinkedHashMap<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "consumeTps" -> consumeTps = in.doubleOr(0);
                case "offsetTable" -> {
                    in.beginObject();
                    for (String queue = in.nextName(); queue != null; queue = in.nextName()) {
                        table.put(MessageQueue.ofKey(queue), Progress.readFrom(in));
                    }
                }
                default -> in.skip();
            }
        }
        return new ConsumeStatsBody(consumeTps, table);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().field("consumeTps", consumeTps).name("offsetTable").beginObject();
        offsetTable.forEach((queue, progress) -> {
            out.name(queue.toKey());
            progress.writeTo(out);
        });
        out.endObject().endObject();
    }
}
