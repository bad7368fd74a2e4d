// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.List;

/** Answer to code 38: the client ids of a consumer group, in any order. */
public record ConsumerListBody(List<String> consumerIdList) implements JsonBody {

    public ConsumerListBody {
        consumerIdList = List.copyOf(consumerIdList);
    }

    /** Reads a body. */
    public static ConsumerListBody parse(ByteBuffer utf8) {
        List<String> ids = List.of();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "consumerIdList" -> ids = in.texts();
                default -> in.skip();
            }
        }
        return new ConsumerListBody(ids);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().field("consumerIdList", consumerIdList).endObject();
    }
}
