// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Answer to code 203: the clients of a consumer group, how it consumes, and what it subscribes to. */
public record ConsumerConnectionsBody(
        List<ClientConnection> connectionSet,
        ConsumeType consumeType,
        MessageModel messageModel,
        ConsumeFromWhere consumeFromWhere,
        List<SubscriptionData> subscriptions)
        implements JsonBody {

    public ConsumerConnectionsBody {
        connectionSet = List.copyOf(connectionSet);
        subscriptions = List.copyOf(subscriptions);
    }

    /** Reads a body. */
    public static ConsumerConnectionsBody parse(ByteBuffer utf8) {
        List<ClientConnection> connections = List.of();
        ConsumeType consumeType = ConsumeType.CONSUME_PASSIVELY;
        MessageModel messageModel = MessageModel.CLUSTERING;
        ConsumeFromWhere consumeFromWhere = ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET;
        List<SubscriptionData> subscriptions = new ArrayList<>();
        JsonReader in = JsonReader.of(utf8);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "connectionSet" -> connections = ClientConnection.readAll(in);
                case "consumeType" -> consumeType = ConsumeType.of(in.text());
                case "messageModel" -> messageModel = MessageModel.of(in.text());
                case "consumeFromWhere" -> consumeFromWhere = ConsumeFromWhere.of(in.text());
                case "subscriptionTable" -> {
                    in.beginObject();
                    for (String topic = in.nextName(); topic != null; topic = in.nextName()) {
                        subscriptions.add(SubscriptionData.readFrom(in));
                    }
                }
                default -> in.skip();
            }
        }
        return new ConsumerConnectionsBody(connections, consumeType, messageModel, consumeFromWhere, subscriptions);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject();
        ClientConnection.writeAll(out, connectionSet);
        out.field("consumeFromWhere", consumeFromWhere.name())
                .field("consumeType", consumeType.name())
                .field("messageModel", messageModel.name())
                .name("subscriptionTable")
                .beginObject();
        for (SubscriptionData subscription : subscriptions) {
            out.name(subscription.topic());
            subscription.writeTo(out);
        }
        out.endObject().endObject();
    }
}
