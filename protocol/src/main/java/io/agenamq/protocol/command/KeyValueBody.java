// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code {"table":{…}}}: the items of a name server's namespace, or the figures of a broker (code 28), in the order given. */
public record KeyValueBody(Map<String, String> table) implements JsonBody {

    public KeyValueBody {
        table = Collections.unmodifiableMap(new LinkedHashMap<>(table));
    }

    /** Reads a body; an absent one is an empty table. */
    public static KeyValueBody parse(ByteBuffer utf8) {
        Map<String, String> table = Map.of();
        if (utf8.hasRemaining()) {
            JsonReader in = JsonReader.of(utf8);
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                switch (name) {
                    case "table" -> table = JsonMaps.read(in);
                    default -> in.skip();
                }
            }
        }
        return new KeyValueBody(table);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject();
        JsonMaps.write(out, "table", table);
        out.endObject();
    }
}
