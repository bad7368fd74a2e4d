// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/** Codes 100, 101, 102 and 219: a configuration item of a name server, or all of a namespace. */
public record KeyValueRequest(String namespace, @Nullable String key, @Nullable String value) implements Header {

    /** The namespace of ordered topics; key: topic, value: {@code broker:count;broker:count}. */
    public static final String ORDER_TOPIC_CONFIG = "ORDER_TOPIC_CONFIG";

    /** Reads code 100: all three fields. */
    public static KeyValueRequest readItem(Fields in) {
        return new KeyValueRequest(in.requireText("namespace"), in.requireText("key"), in.requireText("value"));
    }

    /** Reads codes 101 and 102. */
    public static KeyValueRequest readKey(Fields in) {
        return new KeyValueRequest(in.requireText("namespace"), in.requireText("key"), null);
    }

    /** Reads code 219. */
    public static KeyValueRequest readNamespace(Fields in) {
        return new KeyValueRequest(in.requireText("namespace"), null, null);
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("namespace", namespace);
        out.put("key", key);
        out.put("value", value);
    }
}
