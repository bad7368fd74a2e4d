// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A named subscription is about to be used for a topic on another broker. If there is one of that name here, for another topic, it is treated as if the
 * topics were on one broker: refused if it is in use or of another kind, and ended otherwise. The answer has no fields.
 *
 * @param topic that the subscription will be of
 * @param subscription what is going to be used there
 */
public record JmsVacateRequest(String topic, JmsSubscription subscription) implements Header {

    /** Reads the fields. */
    public static JmsVacateRequest readFrom(Fields in) {
        String topic = in.requireText("t");
        String name = in.requireText("u");
        return new JmsVacateRequest(
                topic, new JmsSubscription(name, in.text("i"), in.flag("d", false), in.flag("h", false)));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("t", topic);
        subscription.writeTo(out);
    }
}
