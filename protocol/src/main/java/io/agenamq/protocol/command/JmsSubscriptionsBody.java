// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answer to {@link JmsSubscriptionsRequest}: durable subscriptions of one broker at one moment, in no order. */
public record JmsSubscriptionsBody(List<Row> rows) implements JsonBody {

    /**
     * One durable subscription.
     *
     * @param clientId client identifier that the name belongs to, null for none
     * @param selector null for all messages
     * @param consumers consumers that are attached
     * @param pending messages that it has not settled; those its selector leaves out count until they were looked at
     */
    public record Row(
            String name,
            @Nullable String clientId,
            String topic,
            @Nullable String selector,
            boolean noLocal,
            boolean shared,
            int consumers,
            long pending) {

        private static Row readFrom(JsonReader in) {
            String name = "";
            String clientId = null;
            String topic = "";
            String selector = null;
            boolean noLocal = false;
            boolean shared = false;
            int consumers = 0;
            long pending = 0;
            in.beginObject();
            for (String field = in.nextName(); field != null; field = in.nextName()) {
                switch (field) {
                    case "name" -> name = in.textOr("");
                    case "clientId" -> clientId = in.text();
                    case "topic" -> topic = in.textOr("");
                    case "selector" -> selector = in.text();
                    case "noLocal" -> noLocal = in.booleanOr(false);
                    case "shared" -> shared = in.booleanOr(false);
                    case "consumers" -> consumers = in.intOr(0);
                    case "pending" -> pending = in.longOr(0);
                    default -> in.skip();
                }
            }
            return new Row(name, clientId, topic, selector, noLocal, shared, consumers, pending);
        }

        private void writeTo(JsonWriter out) {
            out.beginObject()
                    .field("name", name)
                    .field("clientId", clientId)
                    .field("topic", topic)
                    .field("selector", selector)
                    .field("noLocal", noLocal)
                    .field("shared", shared)
                    .field("consumers", consumers)
                    .field("pending", pending)
                    .endObject();
        }
    }

    public JmsSubscriptionsBody {
        rows = List.copyOf(rows);
    }

    /** Reads a body. */
    public static JmsSubscriptionsBody parse(ByteBuffer utf8) {
        List<Row> rows = new ArrayList<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String field = in.nextName(); field != null; field = in.nextName()) {
            if (field.equals("subscriptions")) {
                in.beginArray();
                while (in.nextElement()) {
                    rows.add(Row.readFrom(in));
                }
            } else {
                in.skip();
            }
        }
        return new JmsSubscriptionsBody(rows);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().name("subscriptions").beginArray();
        rows.forEach(row -> row.writeTo(out));
        out.endArray().endObject();
    }
}
