// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.PropertyNames;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the broker wants to know of the properties of a message that is sent, found in one pass.
 *
 * @param uniqueKey the client's unique id, or {@code null}
 * @param waitsForStore false if the producer does not want to wait for the disk ({@code WAIT=false})
 * @param isDelayed whether it asks for a delay level or a delivery time
 * @param isHalfMessage whether it is the first half of a transaction
 * @param namesProducerGroup whether it says which group that is
 * @param hasPopCheckpoint whether it carries what only the broker may set
 */
record KnownProperties(
        @Nullable String uniqueKey,
        boolean waitsForStore,
        boolean isDelayed,
        boolean isHalfMessage,
        boolean namesProducerGroup,
        boolean hasPopCheckpoint) {

    static KnownProperties scan(ByteBuffer properties) {
        String uniqueKey = null;
        boolean waits = true;
        boolean delayed = false;
        boolean half = false;
        boolean group = false;
        boolean pop = false;
        MessageProperties cursor = new MessageProperties().reset(properties);
        while (cursor.next()) {
            if (cursor.nameIs(PropertyNames.UNIQUE_KEY)) {
                uniqueKey = cursor.value();
            } else if (cursor.nameIs(PropertyNames.WAIT)) {
                waits = !cursor.valueIs("false");
            } else if (cursor.nameIs(PropertyNames.TRANSACTION_PREPARED)) {
                half = cursor.valueIs("true");
            } else if (cursor.nameIs(PropertyNames.PRODUCER_GROUP)) {
                group = cursor.valueLength() > 0;
            } else if (cursor.nameIs(PropertyNames.DELAY)) {
                delayed |= !cursor.valueIs("0");
            } else if (cursor.nameIs(PropertyNames.TIMER_DELAY_SECONDS)
                    || cursor.nameIs(PropertyNames.TIMER_DELAY_MILLIS)
                    || cursor.nameIs(PropertyNames.TIMER_DELIVER_MILLIS)) {
                delayed = true;
            } else if (cursor.nameIs(PropertyNames.POP_CK)) {
                pop = true;
            }
        }
        return new KnownProperties(uniqueKey, waits, delayed, half, group, pop);
    }
}
