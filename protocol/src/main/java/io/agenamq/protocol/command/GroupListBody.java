// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;

/** Answer to code 300: the consumer groups of a topic. */
public record GroupListBody(Collection<String> groupList) implements JsonBody {

    public GroupListBody {
        groupList = List.copyOf(groupList);
    }

    /** Reads a body. */
    public static GroupListBody parse(ByteBuffer utf8) {
        List<String> groups = List.of();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "groupList" -> groups = in.texts();
                default -> in.skip();
            }
        }
        return new GroupListBody(groups);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().field("groupList", groupList).endObject();
    }
}
