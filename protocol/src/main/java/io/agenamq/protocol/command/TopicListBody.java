// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of topics: answer to 206, 224, 305, 311 to 313 and 343.
 *
 * @param brokerAddr only in the answer to 304, whose list has names of clusters and brokers: a broker to ask for the rest
 */
public record TopicListBody(Collection<String> topicList, @Nullable String brokerAddr) implements JsonBody {

    public TopicListBody {
        topicList = List.copyOf(topicList);
    }

    /** Reads a body. */
    public static TopicListBody parse(ByteBuffer utf8) {
        List<String> topics = List.of();
        String brokerAddr = null;
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "topicList" -> topics = in.texts();
                case "brokerAddr" -> brokerAddr = in.text();
                default -> in.skip();
            }
        }
        return new TopicListBody(topics, brokerAddr);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .field("brokerAddr", brokerAddr)
                .field("topicList", topicList)
                .endObject();
    }
}
