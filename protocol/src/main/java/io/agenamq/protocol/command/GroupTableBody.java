// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Answer to code 201: all consumer groups of a broker. Newer clients ask for pages and accept everything at once. */
public record GroupTableBody(DataVersion dataVersion, Collection<SubscriptionGroupConfig> groups) implements JsonBody {

    public GroupTableBody {
        groups = List.copyOf(groups);
    }

    /** Reads a body. */
    public static GroupTableBody parse(ByteBuffer utf8) {
        DataVersion version = DataVersion.NONE;
        List<SubscriptionGroupConfig> table = new ArrayList<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "dataVersion" -> version = DataVersion.readFrom(in);
                case "subscriptionGroupTable" -> {
                    in.beginObject();
                    for (String key = in.nextName(); key != null; key = in.nextName()) {
                        table.add(SubscriptionGroupConfig.readFrom(in));
                    }
                }
                default -> in.skip();
            }
        }
        return new GroupTableBody(version, table);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("dataVersion");
        dataVersion.writeTo(out);
        out.name("subscriptionGroupTable").beginObject();
        for (SubscriptionGroupConfig one : groups) {
            out.name(one.groupName());
            one.writeTo(out);
        }
        out.endObject().endObject();
    }
}
