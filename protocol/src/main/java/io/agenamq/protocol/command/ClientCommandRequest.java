// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/**
 * Codes 307 and 309, which a broker relays to one client of a group unchanged: what are you doing; consume this message now.
 *
 * @param jstackEnable code 307: with the stacks of its threads
 * @param msgId code 309: the message
 */
public record ClientCommandRequest(String consumerGroup, String clientId, boolean jstackEnable, @Nullable String msgId)
        implements Header {

    /** Reads the fields that a broker needs; it relays the others as well. */
    public static ClientCommandRequest readFrom(Fields in) {
        return new ClientCommandRequest(
                in.requireText("consumerGroup"),
                in.requireText("clientId"),
                in.flag("jstackEnable", false),
                in.text("msgId"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("consumerGroup", consumerGroup);
        out.put("clientId", clientId);
        out.put("jstackEnable", jstackEnable);
        out.put("msgId", msgId);
    }
}
