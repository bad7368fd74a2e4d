// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Answer to code 21: all topics of a broker. Newer clients ask for pages and accept everything at once. */
public record TopicTableBody(DataVersion dataVersion, Collection<TopicConfig> topics) implements JsonBody {

    public TopicTableBody {
        topics = List.copyOf(topics);
    }

    /** Reads a body. */
    public static TopicTableBody parse(ByteBuffer utf8) {
        DataVersion version = DataVersion.NONE;
        List<TopicConfig> table = new ArrayList<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "dataVersion" -> version = DataVersion.readFrom(in);
                case "topicConfigTable" -> {
                    in.beginObject();
                    for (String key = in.nextName(); key != null; key = in.nextName()) {
                        table.add(TopicConfig.readFrom(in));
                    }
                }
                default -> in.skip();
            }
        }
        return new TopicTableBody(version, table);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("dataVersion");
        dataVersion.writeTo(out);
        out.name("topicConfigTable").beginObject();
        for (TopicConfig one : topics) {
            out.name(one.topicName());
            one.writeTo(out);
        }
        out.endObject().endObject();
    }
}
