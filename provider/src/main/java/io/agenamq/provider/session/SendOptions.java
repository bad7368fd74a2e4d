// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;

/**
 * What a producer says of its messages, or an application of one; checked where it comes in.
 *
 * @param deliveryMode {@link DeliveryMode#PERSISTENT} or {@link DeliveryMode#NON_PERSISTENT}
 * @param priority 0 to 9
 * @param timeToLive in milliseconds, 0 for ever
 * @param deliveryDelay in milliseconds, not to be delivered before
 */
record SendOptions(int deliveryMode, int priority, long timeToLive, long deliveryDelay) {

    private static final int PRIORITY_MAX = 9;

    /** As the specification has it: persistent, priority 4, for ever. */
    static final SendOptions DEFAULT = new SendOptions(
            Message.DEFAULT_DELIVERY_MODE,
            Message.DEFAULT_PRIORITY,
            Message.DEFAULT_TIME_TO_LIVE,
            Message.DEFAULT_DELIVERY_DELAY);

    /** These with what came with a single send. */
    SendOptions with(int newMode, int newPriority, long newTimeToLive) throws JMSException {
        return withDeliveryMode(newMode).withPriority(newPriority).withTimeToLive(newTimeToLive);
    }

    SendOptions withDeliveryMode(int newMode) throws JMSException {
        if (newMode != DeliveryMode.PERSISTENT && newMode != DeliveryMode.NON_PERSISTENT) {
            throw new JMSException("delivery mode " + newMode + " is neither PERSISTENT (2) nor NON_PERSISTENT (1)");
        }
        return new SendOptions(newMode, priority, timeToLive, deliveryDelay);
    }

    SendOptions withPriority(int newPriority) throws JMSException {
        if (newPriority < 0 || newPriority > PRIORITY_MAX) {
            throw new JMSException("priority " + newPriority + " is not between 0 and " + PRIORITY_MAX);
        }
        return new SendOptions(deliveryMode, newPriority, timeToLive, deliveryDelay);
    }

    SendOptions withTimeToLive(long newMillis) throws JMSException {
        if (newMillis < 0) {
            throw new JMSException("a time to live of " + newMillis + " ms is in the past");
        }
        return new SendOptions(deliveryMode, priority, newMillis, deliveryDelay);
    }

    SendOptions withDeliveryDelay(long newMillis) throws JMSException {
        if (newMillis < 0) {
            throw new JMSException("a delivery delay of " + newMillis + " ms is in the past");
        }
        return new SendOptions(deliveryMode, priority, timeToLive, newMillis);
    }

    boolean isPersistent() {
        return deliveryMode == DeliveryMode.PERSISTENT;
    }
}
