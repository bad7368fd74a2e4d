// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Body of code 34: what a client is. The newer members (fingerprint and "without subscriptions") are read past: clients send them only to
 * servers that announce support, and this one does not.
 *
 * @param producerGroups names of the client's producer groups
 */
public record HeartbeatBody(String clientId, List<String> producerGroups, List<ConsumerData> consumers)
        implements JsonBody {

    public HeartbeatBody {
        producerGroups = List.copyOf(producerGroups);
        consumers = List.copyOf(consumers);
    }

    /** Reads a body. */
    public static HeartbeatBody parse(ByteBuffer utf8) {
        String clientId = "";
        List<String> producerGroups = new ArrayList<>();
        List<ConsumerData> consumers = new ArrayList<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "clientID" -> clientId = in.textOr("");
                case "producerDataSet" -> {
                    in.beginArray();
                    while (in.nextElement()) {
                        producerGroups.add(readProducerGroup(in));
                    }
                }
                case "consumerDataSet" -> {
                    in.beginArray();
                    while (in.nextElement()) {
                        consumers.add(ConsumerData.readFrom(in));
                    }
                }
                default -> in.skip();
            }
        }
        return new HeartbeatBody(clientId, producerGroups, consumers);
    }

    private static String readProducerGroup(JsonReader in) {
        String group = "";
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "groupName" -> group = in.textOr("");
                default -> in.skip();
            }
        }
        return group;
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().field("clientID", clientId);
        out.name("consumerDataSet").beginArray();
        consumers.forEach(consumer -> consumer.writeTo(out));
        out.endArray().name("producerDataSet").beginArray();
        producerGroups.forEach(
                group -> out.beginObject().field("groupName", group).endObject());
        out.endArray().endObject();
    }
}
