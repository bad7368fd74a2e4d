// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.UnsettledMessages;
import java.util.Map;

/**
 * What becomes of a message that comes back, or whose time is over: how often, and after how long, it is delivered again, and when it is a dead
 * letter. Attributes of its topic say so.
 *
 * <pre>
 *   redelivery.count.max = 3, redelivery.delay.millis = 100
 *
 *   delivered ──▶ back ──100 ms──▶ delivered ──▶ back ──200 ms──▶ delivered ──▶ back ──400 ms──▶ delivered ──▶ back: dead
 * </pre>
 *
 * @param countMax how often a message is delivered again; the next time it comes back it is a dead letter
 * @param delayMillis how long it waits before it is delivered again the first time; twice as long each time after that
 * @param keepsExpired whether a message that nobody may get any more because its time is over becomes a dead letter; otherwise it is gone
 */
record RedeliveryPolicy(int countMax, long delayMillis, boolean keepsExpired) {

    /** Name of the topic attribute for {@link #countMax}. */
    static final String COUNT_ATTRIBUTE = "redelivery.count.max";

    /** Name of the topic attribute for {@link #delayMillis}. */
    static final String DELAY_ATTRIBUTE = "redelivery.delay.millis";

    /** Name of the topic attribute for {@link #keepsExpired}. */
    static final String EXPIRED_ATTRIBUTE = UnsettledMessages.EXPIRED_ATTRIBUTE;

    /** As often as RocketMQ delivers again. */
    private static final int COUNT_DEFAULT = 16;

    /** The longest wait: that of RocketMQ's last delay level. */
    private static final long DELAY_MILLIS_MAX = 2 * 60 * 60 * 1000;

    /** A message is delivered again as often as it comes back, at once. */
    static final RedeliveryPolicy ENDLESS = new RedeliveryPolicy(Integer.MAX_VALUE, 0, false);

    /** What the attributes of a topic say; where they say nothing that makes sense, the default. */
    static RedeliveryPolicy of(Map<String, String> attributes) {
        return new RedeliveryPolicy(
                (int) number(attributes, COUNT_ATTRIBUTE, COUNT_DEFAULT, Integer.MAX_VALUE),
                number(attributes, DELAY_ATTRIBUTE, 0, DELAY_MILLIS_MAX),
                "true".equals(attributes.get(EXPIRED_ATTRIBUTE)));
    }

    private static long number(Map<String, String> attributes, String name, long otherwise, long max) {
        String text = attributes.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text.trim());
            return number < 0 ? otherwise : Math.min(number, max);
        } catch (NumberFormatException notANumber) {
            return otherwise;
        }
    }

    /** Whether a message is dead that comes back from its delivery of this number, 1 for the first. */
    boolean isDeadAfter(int deliveryNumber) {
        return deliveryNumber > countMax;
    }

    /** How long a message waits that comes back from its delivery of this number, in milliseconds. */
    long delayAfter(int deliveryNumber) {
        if (delayMillis == 0) {
            return 0;
        }
        int doublings = Math.min(deliveryNumber - 1, Long.numberOfLeadingZeros(delayMillis) - 1);
        return Math.min(delayMillis << doublings, DELAY_MILLIS_MAX);
    }
}
