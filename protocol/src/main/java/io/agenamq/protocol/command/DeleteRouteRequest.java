// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import org.jspecify.annotations.Nullable;

/** Code 216: a name server forgets a topic, of one cluster or everywhere. */
public record DeleteRouteRequest(String topic, @Nullable String clusterName) implements Header {

    /** Reads the fields. */
    public static DeleteRouteRequest readFrom(Fields in) {
        return new DeleteRouteRequest(in.requireText("topic"), in.text("clusterName"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("topic", topic);
        out.put("clusterName", clusterName);
    }
}
