// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * A topic as a broker keeps it. {@code perm} has the bits of {@link Permission}; {@code topicFilterType} is {@code SINGLE_TAG} for all
 * practical purposes; {@code attributes} are free text, among them our {@code kind}.
 */
public record TopicConfig(
        String topicName,
        int readQueueNums,
        int writeQueueNums,
        int perm,
        String topicFilterType,
        int topicSysFlag,
        boolean order,
        Map<String, String> attributes)
        implements JsonBody {

    /** The filter type that every topic has. */
    public static final String SINGLE_TAG = "SINGLE_TAG";

    private static final int DEFAULT_QUEUES = 16;
    private static final int TEXT_PARTS_MIN = 5;

    public TopicConfig {
        attributes = Map.copyOf(attributes);
    }

    /** A topic without anything special. */
    public TopicConfig(String topicName, int readQueueNums, int writeQueueNums, int perm) {
        this(topicName, readQueueNums, writeQueueNums, perm, SINGLE_TAG, 0, false, Map.of());
    }

    /** The same topic with another order mark. */
    public TopicConfig withOrder(boolean newOrder) {
        return new TopicConfig(
                topicName, readQueueNums, writeQueueNums, perm, topicFilterType, topicSysFlag, newOrder, attributes);
    }

    /** The same topic with other permissions. */
    public TopicConfig withPerm(int newPerm) {
        return new TopicConfig(
                topicName, readQueueNums, writeQueueNums, newPerm, topicFilterType, topicSysFlag, order, attributes);
    }

    /** Reads a body. */
    public static TopicConfig parse(ByteBuffer utf8) {
        return readFrom(JsonReader.of(utf8));
    }

    /** Reads an object. */
    public static TopicConfig readFrom(JsonReader in) {
        String topicName = "";
        int readQueueNums = DEFAULT_QUEUES;
        int writeQueueNums = DEFAULT_QUEUES;
        int perm = Permission.READ | Permission.WRITE;
        String topicFilterType = SINGLE_TAG;
        int topicSysFlag = 0;
        boolean order = false;
        Map<String, String> attributes = Map.of();
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "topicName" -> topicName = in.textOr("");
                case "readQueueNums" -> readQueueNums = in.intOr(readQueueNums);
                case "writeQueueNums" -> writeQueueNums = in.intOr(writeQueueNums);
                case "perm" -> perm = in.intOr(perm);
                case "topicFilterType" -> topicFilterType = in.textOr(SINGLE_TAG);
                case "topicSysFlag" -> topicSysFlag = in.intOr(0);
                case "order" -> order = in.booleanOr(false);
                case "attributes" -> attributes = JsonMaps.read(in);
                default -> in.skip();
            }
        }
        return new TopicConfig(
                topicName, readQueueNums, writeQueueNums, perm, topicFilterType, topicSysFlag, order, attributes);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject();
        JsonMaps.write(out, "attributes", attributes);
        out.field("order", order)
                .field("perm", perm)
                .field("readQueueNums", readQueueNums)
                .field("topicFilterType", topicFilterType)
                .field("topicName", topicName)
                .field("topicSysFlag", topicSysFlag)
                .field("writeQueueNums", writeQueueNums)
                .endObject();
    }

    /** The form inside a compressed registration: {@code name read write perm filterType attributesJson}; order and flags do not travel. */
    public String toText() {
        JsonWriter json = new JsonWriter();
        json.beginObject();
        attributes.forEach(json::field);
        json.endObject();
        return topicName + ' ' + readQueueNums + ' ' + writeQueueNums + ' ' + perm + ' ' + topicFilterType + ' ' + json;
    }

    /** Reads {@link #toText}; older brokers leave out the attributes. */
    public static TopicConfig ofText(String text) {
        String[] parts = text.split(" ", TEXT_PARTS_MIN + 1);
        if (parts.length < TEXT_PARTS_MIN) {
            throw new ProtocolException("a topic needs five parts: '" + text + "'");
        }
        boolean hasAttributes = parts.length > TEXT_PARTS_MIN && !parts[TEXT_PARTS_MIN].isBlank();
        Map<String, String> attributes = hasAttributes ? JsonMaps.read(JsonReader.of(parts[TEXT_PARTS_MIN])) : Map.of();
        try {
            return new TopicConfig(
                    parts[0],
                    Integer.parseInt(parts[1]),
                    Integer.parseInt(parts[2]),
                    Integer.parseInt(parts[3]),
                    parts[4],
                    0,
                    false,
                    attributes);
        } catch (NumberFormatException e) {
            throw new ProtocolException("a number expected in the topic '" + text + "'");
        }
    }
}
