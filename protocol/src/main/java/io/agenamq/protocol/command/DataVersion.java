// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;

/**
 * Which state of a table somebody has: all three numbers must agree. The counter grows with every change; the time (milliseconds) tells two
 * incarnations apart.
 */
public record DataVersion(long stateVersion, long timestamp, long counter) implements JsonBody {

    /** The version of a table that never changed. */
    public static final DataVersion NONE = new DataVersion(0, 0, 0);

    /** The version after one more change. */
    public DataVersion next(long nowMillis) {
        return new DataVersion(stateVersion, nowMillis, counter + 1);
    }

    /** Reads a body. */
    public static DataVersion parse(ByteBuffer utf8) {
        return readFrom(JsonReader.of(utf8));
    }

    /** Reads an object; {@code null} is {@link #NONE}. */
    public static DataVersion readFrom(JsonReader in) {
        long stateVersion = 0;
        long timestamp = 0;
        long counter = 0;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "stateVersion" -> stateVersion = in.longOr(0);
                case "timestamp" -> timestamp = in.longOr(0);
                case "counter" -> counter = in.longOr(0);
                default -> in.skip();
            }
        }
        return new DataVersion(stateVersion, timestamp, counter);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .field("counter", counter)
                .field("stateVersion", stateVersion)
                .field("timestamp", timestamp)
                .endObject();
    }
}
