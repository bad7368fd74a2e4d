// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Maps of texts, which several bodies contain. */
final class JsonMaps {

    private JsonMaps() {}

    /** Reads an object whose values are texts; members that are null are left out. */
    static Map<String, String> read(JsonReader in) {
        Map<String, String> map = new LinkedHashMap<>();
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            String value = in.text();
            if (value != null) {
                map.put(name, value);
            }
        }
        return map;
    }

    static void write(JsonWriter out, String name, Map<String, String> map) {
        out.name(name).beginObject();
        map.forEach(out::field);
        out.endObject();
    }
}
