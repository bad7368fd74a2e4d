// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One topic of a consumer group's subscription.
 *
 * @param subString the filter expression, {@code *} for everything
 * @param tagsSet the tags of a tag expression
 * @param codeSet their hash codes, by which a broker compares them without reading messages
 * @param subVersion when the subscription changed, in milliseconds
 * @param expressionType {@code TAG} or {@code SQL92}
 */
public record SubscriptionData(
        String topic,
        String subString,
        Set<String> tagsSet,
        Set<Integer> codeSet,
        long subVersion,
        String expressionType,
        boolean classFilterMode)
        implements JsonBody {

    /** Expression type of tag expressions. */
    public static final String TAG = "TAG";

    /** Expression type of SQL expressions. */
    public static final String SQL92 = "SQL92";

    /** The expression that matches everything. */
    public static final String ALL = "*";

    public SubscriptionData {
        tagsSet = Set.copyOf(tagsSet);
        codeSet = Set.copyOf(codeSet);
    }

    /** Reads an object. */
    public static SubscriptionData readFrom(JsonReader in) {
        String topic = "";
        String subString = ALL;
        List<String> tags = List.of();
        Set<Integer> codes = new LinkedHashSet<>();
        long subVersion = 0;
        String expressionType = TAG;
        boolean classFilterMode = false;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "topic" -> topic = in.textOr("");
                case "subString" -> subString = in.textOr(ALL);
                case "tagsSet" -> tags = in.texts();
                case "codeSet" -> {
                    in.beginArray();
                    while (in.nextElement()) {
                        codes.add(in.intOr(0));
                    }
                }
                case "subVersion" -> subVersion = in.longOr(0);
                case "expressionType" -> expressionType = in.textOr(TAG);
                case "classFilterMode" -> classFilterMode = in.booleanOr(false);
                default -> in.skip();
            }
        }
        return new SubscriptionData(
                topic, subString, new LinkedHashSet<>(tags), codes, subVersion, expressionType, classFilterMode);
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.beginObject().field("classFilterMode", classFilterMode);
        out.name("codeSet").beginArray();
        codeSet.forEach(code -> out.value((long) code));
        out.endArray();
        out.field("expressionType", expressionType)
                .field("subString", subString)
                .field("subVersion", subVersion)
                .field("tagsSet", tagsSet)
                .field("topic", topic)
                .endObject();
    }
}
