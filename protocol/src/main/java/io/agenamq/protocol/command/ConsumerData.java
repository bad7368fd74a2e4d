// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/** One consumer group of a client, as its heartbeat states it. */
public record ConsumerData(
        String groupName,
        ConsumeType consumeType,
        MessageModel messageModel,
        ConsumeFromWhere consumeFromWhere,
        List<SubscriptionData> subscriptionDataSet,
        boolean unitMode)
        implements JsonBody {

    public ConsumerData {
        subscriptionDataSet = List.copyOf(subscriptionDataSet);
    }

    /** Reads an object. */
    public static ConsumerData readFrom(JsonReader in) {
        String groupName = "";
        ConsumeType consumeType = ConsumeType.CONSUME_PASSIVELY;
        MessageModel messageModel = MessageModel.CLUSTERING;
        ConsumeFromWhere consumeFromWhere = ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET;
        List<SubscriptionData> subscriptions = new ArrayList<>();
        boolean unitMode = false;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "groupName" -> groupName = in.textOr("");
                case "consumeType" -> consumeType = ConsumeType.of(in.text());
                case "messageModel" -> messageModel = MessageModel.of(in.text());
                case "consumeFromWhere" -> consumeFromWhere = ConsumeFromWhere.of(in.text());
                case "subscriptionDataSet" -> {
                    in.beginArray();
                    while (in.nextElement()) {
                        subscriptions.add(SubscriptionData.readFrom(in));
                    }
                }
                case "unitMode" -> unitMode = in.booleanOr(false);
                default -> in.skip();
            }
        }
        return new ConsumerData(groupName, consumeType, messageModel, consumeFromWhere, subscriptions, unitMode);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .field("consumeFromWhere", consumeFromWhere.name())
                .field("consumeType", consumeType.name())
                .field("groupName", groupName)
                .field("messageModel", messageModel.name());
        out.name("subscriptionDataSet").beginArray();
        subscriptionDataSet.forEach(subscription -> subscription.writeTo(out));
        out.endArray().field("unitMode", unitMode).endObject();
    }
}
