// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Body of code 103: all topics of a broker and their version. It travels as JSON or, deflated, in a form of its own:
 *
 * <pre>
 * | length | DataVersion as JSON | topic count | length | topic as text | … | length | filter servers as JSON | mapping count 0 |
 * </pre>
 *
 * <p>Lengths and counts are 32 bits. What inflates to more than {@link #INFLATED_BYTES_MAX} is refused while it is read.
 */
public record RegisterBrokerBody(DataVersion dataVersion, List<TopicConfig> topics, List<String> filterServerList)
        implements JsonBody {

    /** Most bytes of an inflated registration: half a million topics. */
    public static final int INFLATED_BYTES_MAX = 64 * 1024 * 1024;

    private static final int PART_BYTES_MAX = 1024 * 1024;
    private static final int DEFLATER_LEVEL = 9;

    public RegisterBrokerBody {
        topics = List.copyOf(topics);
        filterServerList = List.copyOf(filterServerList);
    }

    /** Reads either form; an absent body is one without topics, as very old brokers send it. */
    public static RegisterBrokerBody parse(ByteBuffer body, boolean compressed) {
        if (!body.hasRemaining()) {
            return new RegisterBrokerBody(DataVersion.NONE, List.of(), List.of());
        }
        return compressed ? parseCompressed(body) : parseJson(body);
    }

    private static RegisterBrokerBody parseJson(ByteBuffer body) {
        DataVersion version = DataVersion.NONE;
        List<TopicConfig> topics = new ArrayList<>();
        List<String> filterServers = List.of();
        JsonReader in = JsonReader.of(body);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "filterServerList" -> filterServers = in.texts();
                case "topicConfigSerializeWrapper" -> {
                    in.beginObject();
                    for (String part = in.nextName(); part != null; part = in.nextName()) {
                        switch (part) {
                            case "dataVersion" -> version = DataVersion.readFrom(in);
                            case "topicConfigTable" -> readTopics(in, topics);
                            default -> in.skip();
                        }
                    }
                }
                default -> in.skip();
            }
        }
        return new RegisterBrokerBody(version, topics, filterServers);
    }

    private static void readTopics(JsonReader in, List<TopicConfig> topics) {
        in.beginObject();
        for (String topic = in.nextName(); topic != null; topic = in.nextName()) {
            topics.add(TopicConfig.readFrom(in));
        }
    }

    private static RegisterBrokerBody parseCompressed(ByteBuffer body) {
        byte[] deflated = new byte[body.remaining()];
        body.get(body.position(), deflated);
        try (DataInputStream in = new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(deflated)))) {
            long[] budget = {INFLATED_BYTES_MAX};
            DataVersion version = DataVersion.readFrom(JsonReader.of(readPart(in, budget)));
            List<TopicConfig> topics = new ArrayList<>();
            for (int count = in.readInt(); count > 0; count--) {
                topics.add(TopicConfig.ofText(readPart(in, budget)));
            }
            List<String> filterServers = JsonReader.of(readPart(in, budget)).texts();
            return new RegisterBrokerBody(version, topics, filterServers);
        } catch (EOFException e) {
            throw new ProtocolException("a compressed registration is cut short");
        } catch (IOException e) {
            throw new ProtocolException("a compressed registration cannot be inflated: " + e.getMessage());
        }
    }

    private static String readPart(DataInputStream in, long[] budget) throws IOException {
        int length = in.readInt();
        budget[0] -= Math.max(1, length);
        if (length < 0 || length > PART_BYTES_MAX || budget[0] < 0) {
            throw new ProtocolException("a part of " + length + " bytes in a compressed registration");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The deflated form. */
    public byte[] toCompressed() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(DEFLATER_LEVEL);
        try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes, deflater))) {
            JsonWriter version = new JsonWriter();
            dataVersion.writeTo(version);
            writePart(out, version.toString());
            out.writeInt(topics.size());
            for (TopicConfig topic : topics) {
                writePart(out, topic.toText());
            }
            JsonWriter filters = new JsonWriter().beginArray();
            filterServerList.forEach(filters::value);
            writePart(out, filters.endArray().toString());
            out.writeInt(0);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private static void writePart(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .field("filterServerList", filterServerList)
                .name("topicConfigSerializeWrapper")
                .beginObject()
                .name("dataVersion");
        dataVersion.writeTo(out);
        out.name("topicConfigTable").beginObject();
        for (TopicConfig topic : topics) {
            out.name(topic.topicName());
            topic.writeTo(out);
        }
        out.endObject().endObject().endObject();
    }
}
