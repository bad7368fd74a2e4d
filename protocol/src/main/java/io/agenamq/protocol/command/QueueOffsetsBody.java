// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Body of code 220 and answer to code 222: where a group continues, by queue. */
public record QueueOffsetsBody(Map<MessageQueue, Long> offsetTable) implements JsonBody {

    public QueueOffsetsBody {
        offsetTable = Collections.unmodifiableMap(new LinkedHashMap<>(offsetTable));
    }

    /** Reads a body. */
    public static QueueOffsetsBody parse(ByteBuffer utf8) {
        Map<MessageQueue, Long> table = new LinkedHashMap<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "offsetTable" -> {
                    in.beginObject();
                    for (String queue = in.nextName(); queue != null; queue = in.nextName()) {
                        table.put(MessageQueue.ofKey(queue), in.longOr(0));
                    }
                }
                default -> in.skip();
            }
        }
        return new QueueOffsetsBody(table);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("offsetTable").beginObject();
        offsetTable.forEach((queue, offset) -> out.field(queue.toKey(), offset));
        out.endObject().endObject();
    }
}
