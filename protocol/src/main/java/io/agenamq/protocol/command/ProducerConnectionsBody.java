// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.List;

/** Answer to code 204: the clients of a producer group. */
public record ProducerConnectionsBody(List<ClientConnection> connectionSet) implements JsonBody {

    public ProducerConnectionsBody {
        connectionSet = List.copyOf(connectionSet);
    }

    /** Reads a body. */
    public static ProducerConnectionsBody parse(ByteBuffer utf8) {
        List<ClientConnection> connections = List.of();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "connectionSet" -> connections = ClientConnection.readAll(in);
                default -> in.skip();
            }
        }
        return new ProducerConnectionsBody(connections);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject();
        ClientConnection.writeAll(out, connectionSet);
        out.endObject();
    }
}
