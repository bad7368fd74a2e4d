// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.access;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each refused login, but so many in a while only: whoever guesses passwords must not fill the disk. Any thread. */
final class RefusalLog {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

    /** Lines within {@link #PERIOD_NANOS}. */
    static final int LINES_MAX = 20;

    private static final long PERIOD_NANOS = 60_000_000_000L;

    private final LongSupplier nanoClock;
    private long periodBegan;
    private int count;

    RefusalLog(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        periodBegan = nanoClock.getAsLong();
    }

    /** Writes a line, unless there were many; true if it did. */
    synchronized boolean refused(String line) {
        long now = nanoClock.getAsLong();
        if (now - periodBegan >= PERIOD_NANOS) {
            if (count > LINES_MAX) {
                LOG.warn("{} more logins were refused", count - LINES_MAX);
            }
            periodBegan = now;
            count = 0;
        }
        count++;
        if (count > LINES_MAX) {
            return false;
        }
        LOG.warn("{}", line);
        return true;
    }
}
