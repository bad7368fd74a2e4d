// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import java.net.InetAddress;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes unique message keys ({@code UNIQ_KEY}) in the form that RocketMQ clients give and read: upper-case hex of address (4 or 16 bytes),
 * process id (2), a number of this generator (4), milliseconds since the start of the month (4) and a counter (2).
 *
 * <p>Two keys of one generator differ as long as it makes fewer than 65,536 in a millisecond. Any thread.
 */
public final class UniqueKeys {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final String prefix;
    private final InstantSource clock;
    private final AtomicInteger counter = new AtomicInteger();
    private volatile Month month;

    private record Month(long start, long end) {
        static Month of(InstantSource clock) {
            ZonedDateTime first = clock.instant()
                    .atZone(ZoneOffset.UTC)
                    .withDayOfMonth(1)
                    .toLocalDate()
                    .atStartOfDay(ZoneOffset.UTC);
            return new Month(
                    first.toInstant().toEpochMilli(),
                    first.plusMonths(1).toInstant().toEpochMilli());
        }

        boolean holds(long millis) {
            return millis >= start && millis < end;
        }
    }

    /**
     * A generator.
     *
     * @param instance tells apart the generators of one process; random is fine
     */
    public UniqueKeys(InetAddress address, long processId, int instance, InstantSource clock) {
        this.prefix =
                HEX.formatHex(address.getAddress()) + HEX.toHexDigits((short) processId) + HEX.toHexDigits(instance);
        this.clock = clock;
        this.month = Month.of(clock);
    }

    /** How every key of this generator begins, and no key of another one. */
    public String prefix() {
        return prefix;
    }

    /** A key that this generator has not given before. */
    public String next() {
        long now = clock.millis();
        Month current = month;
        if (!current.holds(now)) {
            current = Month.of(clock);
            month = current;
        }
        return prefix
                + HEX.toHexDigits((int) (now - current.start))
                + HEX.toHexDigits((short) counter.getAndIncrement());
    }
}
