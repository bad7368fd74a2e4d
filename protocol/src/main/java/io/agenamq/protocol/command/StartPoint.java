// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * Where in its topic a subscription begins that does not exist yet. Jakarta Messaging knows only the moment of its creation; a log remembers more.
 * A subscription that exists goes on from where it is.
 *
 * <p>Each has one text form, for people and for the wire: {@code earliest}, {@code last=100}, {@code since=PT1H}, {@code at=2026-11-20T08:00Z},
 * {@code offset=42}.
 */
public sealed interface StartPoint {

    /** The text form, that {@link #parse} reads. */
    String text();

    /** With the oldest message that is still there. */
    record Earliest() implements StartPoint {
        @Override
        public String text() {
            return "earliest";
        }
    }

    /**
     * With the newest messages.
     *
     * @param count how many of each message queue (a Jakarta topic has one), from 1 to {@link #MAX}; all if there are fewer
     */
    record Last(long count) implements StartPoint {

        /** More cannot be asked for; who wants everything says so. */
        public static final long MAX = 1_000_000_000;

        /** @throws IllegalArgumentException if the count is out of range */
        public Last {
            if (count < 1 || count > MAX) {
                throw new IllegalArgumentException("last=" + count + " is not between 1 and " + MAX);
            }
        }

        @Override
        public String text() {
            return "last=" + count;
        }
    }

    /**
     * With the messages of some time before the subscription begins, by the broker's clock.
     *
     * @param age positive
     */
    record Since(Duration age) implements StartPoint {

        /** @throws IllegalArgumentException if the age is zero or negative */
        public Since {
            if (age.isNegative() || age.isZero()) {
                throw new IllegalArgumentException("since=" + age + " is not in the past");
            }
        }

        @Override
        public String text() {
            return "since=" + age;
        }
    }

    /**
     * With the first message that the broker stored at this time or later.
     *
     * @param time in the past or not; one in the future means the next message
     */
    record At(Instant time) implements StartPoint {
        @Override
        public String text() {
            return "at=" + time;
        }
    }

    /**
     * With the message at an offset, the same in each message queue (a Jakarta topic has one).
     *
     * @param offset at least 0; one that is no longer there means the oldest that is, one behind the end the next message
     */
    record Offset(long offset) implements StartPoint {

        /** @throws IllegalArgumentException if the offset is negative */
        public Offset {
            if (offset < 0) {
                throw new IllegalArgumentException("offset=" + offset + " is negative");
            }
        }

        @Override
        public String text() {
            return "offset=" + offset;
        }
    }

    /**
     * Reads a text form.
     *
     * @throws IllegalArgumentException if it is none; the message says what there is
     */
    static StartPoint parse(String text) {
        int equals = text.indexOf('=');
        String word = equals < 0 ? text : text.substring(0, equals);
        String value = equals < 0 ? "" : text.substring(equals + 1);
        try {
            switch (word) {
                case "earliest" -> {
                    if (equals < 0) {
                        return new Earliest();
                    }
                }
                case "last" -> {
                    return new Last(Long.parseLong(value));
                }
                case "offset" -> {
                    return new Offset(Long.parseLong(value));
                }
                case "since" -> {
                    return new Since(Duration.parse(value));
                }
                case "at" -> {
                    return new At(OffsetDateTime.parse(value).toInstant());
                }
                default -> {
                    // Not one of these.
                }
            }
        } catch (DateTimeException | NumberFormatException malformed) {
            throw new IllegalArgumentException(unknown(text), malformed);
        }
        throw new IllegalArgumentException(unknown(text));
    }

    private static String unknown(String text) {
        return "'" + text
                + "' is no place to start; write earliest, last=100, since=PT1H, at=2026-11-20T08:00Z or offset=42";
    }
}
