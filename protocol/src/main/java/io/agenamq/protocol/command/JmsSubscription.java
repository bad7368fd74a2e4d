// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * The named subscription of a topic that a consumer takes part in (Jakarta Messaging 3.1 §8.3). Its fields stand among those of {@link
 * JmsAttachRequest}.
 *
 * @param name as the application says it
 * @param clientId client identifier of the connection, null for none; the name belongs to it
 * @param durable whether the subscription outlives its consumers
 * @param shared whether several consumers may share it
 */
public record JmsSubscription(String name, @Nullable String clientId, boolean durable, boolean shared)
        implements Header {

    /** Reads the fields; null if they name no subscription. */
    public static @Nullable JmsSubscription readFrom(Fields in) {
        String name = in.text("u");
        return name == null ? null : new JmsSubscription(name, in.text("i"), in.flag("d", false), in.flag("h", false));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("u", name);
        out.put("i", clientId);
        out.put("d", durable);
        out.put("h", shared);
    }
}
