// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.UnsettledMessages;
import java.util.Map;

/**
 * What becomes of a message that comes back, or whose time is over: how often, and after how long, it is delivered again, and when it is a dead
 * letter. Attributes of its topic say so.
 *
 * <pre>
 *   redelivery.count.max = 3, redelivery.delay.millis = 100, redelivery.delay.jitter.percent = 20
 *
 *   delivered ──▶ back ──100 to 120 ms──▶ delivered ──▶ back ──200 to 240 ms──▶ delivered ──▶ back ──400 to 480 ms──▶ delivered ──▶ back: dead
 * </pre>
 *
 * <p>A wait is drawn anew for each message: what came back together, because a database was away for a moment, does not come again together.
 *
 * @param countMax how often a message is delivered again; the next time it comes back it is a dead letter
 * @param delayMillis how long it waits at least before it is delivered again the first time
 * @param delayMillisMax what the waits grow to
 * @param delayFactor how many times as long the next wait is; 1 for waits that do not grow
 * @param jitterPercent by how much a wait is longer at most, in percent of it
 * @param keepsExpired whether a message that nobody may get any more because its time is over becomes a dead letter; otherwise it is gone
 */
record RedeliveryPolicy(
        int countMax, long delayMillis, long delayMillisMax, int delayFactor, int jitterPercent, boolean keepsExpired) {

    /** Name of the topic attribute for {@link #countMax}. */
    static final String COUNT_ATTRIBUTE = "redelivery.count.max";

    /** Name of the topic attribute for {@link #delayMillis}. */
    static final String DELAY_ATTRIBUTE = "redelivery.delay.millis";

    /** Name of the topic attribute for {@link #delayMillisMax}. */
    static final String DELAY_MAX_ATTRIBUTE = "redelivery.delay.max.millis";

    /** Name of the topic attribute for {@link #delayFactor}. */
    static final String FACTOR_ATTRIBUTE = "redelivery.delay.factor";

    /** Name of the topic attribute for {@link #jitterPercent}. */
    static final String JITTER_ATTRIBUTE = "redelivery.delay.jitter.percent";

    /** Name of the topic attribute for {@link #keepsExpired}. */
    static final String EXPIRED_ATTRIBUTE = UnsettledMessages.EXPIRED_ATTRIBUTE;

    /** As often as RocketMQ delivers again. */
    private static final int COUNT_DEFAULT = 16;

    /** The longest wait: that of RocketMQ's last delay level. */
    private static final long DELAY_MILLIS_MAX = 2 * 60 * 60 * 1000;

    private static final int FACTOR_DEFAULT = 2;
    static final int FACTOR_MAX = 10;
    private static final int JITTER_DEFAULT = 20;
    static final int JITTER_MAX = 100;

    /** A message is delivered again as often as it comes back, at once. */
    static final RedeliveryPolicy ENDLESS = new RedeliveryPolicy(Integer.MAX_VALUE, 0, false);

    /** Waits that are doubled each time, without jitter. */
    RedeliveryPolicy(int countMax, long delayMillis, boolean keepsExpired) {
        this(countMax, delayMillis, DELAY_MILLIS_MAX, FACTOR_DEFAULT, 0, keepsExpired);
    }

    /** What the attributes of a topic say; where they say nothing that makes sense, the default. */
    static RedeliveryPolicy of(Map<String, String> attributes) {
        return new RedeliveryPolicy(
                (int) number(attributes, COUNT_ATTRIBUTE, 0, COUNT_DEFAULT, Integer.MAX_VALUE),
                number(attributes, DELAY_ATTRIBUTE, 0, 0, DELAY_MILLIS_MAX),
                number(attributes, DELAY_MAX_ATTRIBUTE, 0, DELAY_MILLIS_MAX, DELAY_MILLIS_MAX),
                (int) number(attributes, FACTOR_ATTRIBUTE, 1, FACTOR_DEFAULT, FACTOR_MAX),
                (int) number(attributes, JITTER_ATTRIBUTE, 0, JITTER_DEFAULT, JITTER_MAX),
                "true".equals(attributes.get(EXPIRED_ATTRIBUTE)));
    }

    private static long number(Map<String, String> attributes, String name, long min, long otherwise, long max) {
        String text = attributes.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text.trim());
            return number < min ? otherwise : Math.min(number, max);
        } catch (NumberFormatException notANumber) {
            return otherwise;
        }
    }

    /** Whether a message is dead that comes back from its delivery of this number, 1 for the first. */
    boolean isDeadAfter(int deliveryNumber) {
        return deliveryNumber > countMax;
    }

    /**
     * How long a message waits that comes back from its delivery of this number, in milliseconds.
     *
     * @param chance from 0 to 1: which part of the jitter it gets
     */
    long delayAfter(int deliveryNumber, double chance) {
        long bound = Math.max(delayMillis, delayMillisMax);
        long delay = delayMillis;
        for (int i = 1; i < deliveryNumber && delay > 0 && delay < bound && delayFactor > 1; i++) {
            // Far from an overflow: neither is more than some millions.
            delay = Math.min(delay * delayFactor, bound);
        }
        return delay + Math.round(chance * delay * jitterPercent / 100);
    }
}
