// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What a broker knows about a message, in the order in which it happened. */
public record JmsTraceBody(List<JmsTraceFact> facts) implements JsonBody {

    public JmsTraceBody {
        facts = List.copyOf(facts);
    }

    /** Reads a body. */
    public static JmsTraceBody parse(ByteBuffer utf8) {
        List<JmsTraceFact> facts = new ArrayList<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String field = in.nextName(); field != null; field = in.nextName()) {
            if (field.equals("facts")) {
                in.beginArray();
                while (in.nextElement()) {
                    facts.add(JmsTraceFact.readFrom(in));
                }
            } else {
                in.skip();
            }
        }
        return new JmsTraceBody(facts);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("facts").beginArray();
        facts.forEach(fact -> fact.writeTo(out));
        out.endArray().endObject();
    }
}
