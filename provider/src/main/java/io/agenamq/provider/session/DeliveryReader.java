// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.message.AgenaMessage;
import io.agenamq.provider.message.MessageReader;
import java.util.function.LongSupplier;

/** Makes messages of deliveries. A message is made anew for each, so that nothing that an application did to it comes again. */
final class DeliveryReader {

    private final MessageReader reader;
    private final Settlement settlement;
    private final LongSupplier clock;

    /**
     * A reader.
     *
     * @param clock milliseconds since 1970
     */
    DeliveryReader(MessageReader reader, Settlement settlement, LongSupplier clock) {
        this.reader = reader;
        this.settlement = settlement;
        this.clock = clock;
    }

    AgenaMessage read(Delivery delivery) {
        AgenaMessage message = reader.read(
                delivery.records(),
                delivery.at(),
                delivery.count(),
                delivery.source().consumer.destination());
        // Not the delivery itself: it would keep the memory of its whole frame.
        Source source = delivery.source();
        int epoch = delivery.epoch();
        long sequence = delivery.sequence();
        settlement.read(source, epoch, sequence);
        message.onAcknowledge(() -> settlement.acknowledge(source, epoch, sequence));
        return message;
    }

    /** Whether the message's time was over while it waited here. */
    boolean isExpired(AgenaMessage message) {
        return message.getJMSExpiration() > 0 && message.getJMSExpiration() <= clock.getAsLong();
    }
}
