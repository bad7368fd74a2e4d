// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answer to code 202: the offsets of every queue of a topic. */
public record TopicStatsBody(Map<MessageQueue, QueueStats> offsetTable) implements JsonBody {

    /** One queue: its lowest offset, the one behind its last message, and when that was stored (milliseconds, 0 if there is none). */
    public record QueueStats(long minOffset, long maxOffset, long lastUpdateTimestamp) implements JsonBody {

        static QueueStats readFrom(JsonReader in) {
            long minOffset = 0;
            long maxOffset = 0;
            long lastUpdateTimestamp = 0;
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                switch (name) {
                    case "minOffset" -> minOffset = in.longOr(0);
                    case "maxOffset" -> maxOffset = in.longOr(0);
                    case "lastUpdateTimestamp" -> lastUpdateTimestamp = in.longOr(0);
                    default -> in.skip();
                }
            }
            return new QueueStats(minOffset, maxOffset, lastUpdateTimestamp);
        }

        @Override
        public void writeTo(JsonWriter out) {
            out.beginObject()
                    .field("lastUpdateTimestamp", lastUpdateTimestamp)
                    .field("maxOffset", maxOffset)
                    .field("minOffset", minOffset)
                    .endObject();
        }
    }

    public TopicStatsBody {
        offsetTable = Collections.unmodifiableMap(new LinkedHashMap<>(offsetTable));
    }

    /** Reads a body. */
    public static TopicStatsBody parse(ByteBuffer utf8) {
        Map<MessageQueue, QueueStats> table = new LinkedHashMap<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "offsetTable" -> {
                    in.beginObject();
                    for (String queue = in.nextName(); queue != null; queue = in.nextName()) {
                        table.put(MessageQueue.ofKey(queue), QueueStats.readFrom(in));
                    }
                }
                default -> in.skip();
            }
        }
        return new TopicStatsBody(table);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("offsetTable").beginObject();
        offsetTable.forEach((queue, stats) -> {
            out.name(queue.toKey());
            stats.writeTo(out);
        });
        out.endObject().endObject();
    }
}
