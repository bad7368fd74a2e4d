// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A client as the answers to codes 203 and 204 show it. */
public record ClientConnection(String clientId, String clientAddr, String language, int version) implements JsonBody {

    static ClientConnection readFrom(JsonReader in) {
        String clientId = "";
        String clientAddr = "";
        String language = "";
        int version = 0;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "clientId" -> clientId = in.textOr("");
                case "clientAddr" -> clientAddr = in.textOr("");
                case "language" -> language = in.textOr("");
                case "version" -> version = in.intOr(0);
                default -> in.skip();
            }
        }
        return new ClientConnection(clientId, clientAddr, language, version);
    }

    static List<ClientConnection> readAll(JsonReader in) {
        List<ClientConnection> connections = new ArrayList<>();
        in.beginArray();
        while (in.nextElement()) {
            connections.add(readFrom(in));
        }
        return connections;
    }

    static void writeAll(JsonWriter out, Collection<ClientConnection> connections) {
        out.name("connectionSet").beginArray();
        connections.forEach(connection -> connection.writeTo(out));
        out.endArray();
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .field("clientAddr", clientAddr)
                .field("clientId", clientId)
                .field("language", language)
                .field("version", version)
                .endObject();
    }
}
