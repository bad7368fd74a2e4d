// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;

/** One queue of a topic on one broker group. As a key of a JSON object it is written as quoted JSON and read in either form (remoting §6). */
public record MessageQueue(String topic, String brokerName, int queueId) implements JsonBody {

    /** Reads an object. */
    public static MessageQueue readFrom(JsonReader in) {
        String topic = "";
        String brokerName = "";
        int queueId = 0;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "topic" -> topic = in.textOr("");
                case "brokerName" -> brokerName = in.textOr("");
                case "queueId" -> queueId = in.intOr(0);
                default -> in.skip();
            }
        }
        return new MessageQueue(topic, brokerName, queueId);
    }

    /** Reads the name of a member whose name is a queue. */
    public static MessageQueue ofKey(String name) {
        return readFrom(JsonReader.of(name));
    }

    /** This queue as the name of a member. */
    public String toKey() {
        JsonWriter out = new JsonWriter();
        writeTo(out);
        return out.toString();
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .field("brokerName", brokerName)
                .field("queueId", queueId)
                .field("topic", topic)
                .endObject();
    }
}
