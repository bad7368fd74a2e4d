// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.retention;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;

/**
 * Settings of retention. The ratios are of the file system that the store is on, in percent.
 *
 * @param reservedTime how old the newest message of a segment must be before the segment may go; RocketMQ key {@code fileReservedTime} (hours)
 * @param deleteHours hours of the day, 0 to 23, in which old segments go; RocketMQ key {@code deleteWhen}
 * @param zone the time zone of these hours
 * @param usedPercentMax above this, old segments go at any hour; RocketMQ key {@code diskMaxUsedSpaceRatio}
 * @param forciblePercent above this, segments go before they are old; RocketMQ key {@code diskSpaceCleanForciblyRatio}
 * @param warningPercent above this, no messages are accepted; RocketMQ key {@code diskSpaceWarningLevelRatio}
 * @param segmentsPerPassMax most segments that go at once; RocketMQ key {@code deleteFileBatchMax}
 * @param settledTime how long messages of queues and topics stay at least that every cursor has settled
 * @param movedBytesPerSecond most bytes of live messages that the {@link Cleaner} moves per second; 0: it moves none
 */
public record RetentionConfig(
        Duration reservedTime,
        Set<Integer> deleteHours,
        ZoneId zone,
        int usedPercentMax,
        int forciblePercent,
        int warningPercent,
        int segmentsPerPassMax,
        Duration settledTime,
        long movedBytesPerSecond) {

    /** As fast as a slow disk writes, a quarter of it. */
    private static final long MOVED_BYTES_PER_SECOND = 16L * 1024 * 1024;

    /** Checks the ranges. */
    public RetentionConfig {
        deleteHours = Set.copyOf(deleteHours);
        if (reservedTime.isNegative()) {
            throw new IllegalArgumentException("reservedTime " + reservedTime + " is negative");
        }
        if (deleteHours.stream().anyMatch(hour -> hour < 0 || hour > 23)) {
            throw new IllegalArgumentException("deleteHours " + deleteHours + " are not hours of a day");
        }
        if (usedPercentMax < 1 || forciblePercent < 1 || warningPercent < 1 || warningPercent > 100) {
            throw new IllegalArgumentException("disk percentages " + usedPercentMax + ", " + forciblePercent + ", "
                    + warningPercent + " are not within 1 to 100");
        }
        if (segmentsPerPassMax < 1) {
            throw new IllegalArgumentException("segmentsPerPassMax " + segmentsPerPassMax + " is less than 1");
        }
        if (settledTime.isNegative() || movedBytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "settledTime " + settledTime + " or movedBytesPerSecond " + movedBytesPerSecond + " is negative");
        }
    }

    /** With settled messages that go at once, and a cleaner at its usual pace. */
    public RetentionConfig(
            Duration reservedTime,
            Set<Integer> deleteHours,
            ZoneId zone,
            int usedPercentMax,
            int forciblePercent,
            int warningPercent,
            int segmentsPerPassMax) {
        this(
                reservedTime,
                deleteHours,
                zone,
                usedPercentMax,
                forciblePercent,
                warningPercent,
                segmentsPerPassMax,
                Duration.ZERO,
                MOVED_BYTES_PER_SECOND);
    }

    /** The same with another treatment of settled messages and of live ones among them. */
    public RetentionConfig withCleaning(Duration newSettledTime, long newMovedBytesPerSecond) {
        return new RetentionConfig(
                reservedTime,
                deleteHours,
                zone,
                usedPercentMax,
                forciblePercent,
                warningPercent,
                segmentsPerPassMax,
                newSettledTime,
                newMovedBytesPerSecond);
    }

    /** RocketMQ's defaults: three days, at four o'clock, 75, 85 and 90 percent, ten segments at once. */
    public static RetentionConfig defaults() {
        return new RetentionConfig(Duration.ofDays(3), Set.of(4), ZoneId.systemDefault(), 75, 85, 90, 10);
    }
}
