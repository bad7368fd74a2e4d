// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Body of code 46: would this subscription be accepted? Consumers ask at their start, unless they filter by tags. */
public record CheckClientConfigBody(
        String clientId, String group, @Nullable String namespace, SubscriptionData subscriptionData)
        implements JsonBody {

    /** Reads a body. */
    public static CheckClientConfigBody parse(ByteBuffer utf8) {
        String clientId = "";
        String group = "";
        String namespace = null;
        SubscriptionData subscription = null;
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "clientId" -> clientId = in.textOr("");
                case "group" -> group = in.textOr("");
                case "namespace" -> namespace = in.text();
                case "subscriptionData" -> subscription = in.tryNull() ? null : SubscriptionData.readFrom(in);
                default -> in.skip();
            }
        }
        if (subscription == null) {
            throw new ProtocolException("there is no subscription to check");
        }
        return new CheckClientConfigBody(clientId, group, namespace, subscription);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .field("clientId", clientId)
                .field("group", group)
                .field("namespace", namespace)
                .name("subscriptionData");
        subscriptionData.writeTo(out);
        out.endObject();
    }
}
