// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long things take, and how often they are looked at.
 *
 * @param nanoClock nanoseconds since some moment
 * @param unprepared so long brokers keep a branch that is not prepared
 * @param untilEntered so long it may take from the beginning of prepare to the row
 * @param decisionWait so long the end of a transaction waits for brokers that have not heard the decision
 * @param sweep so often rows are removed whose decisions everybody has heard
 * @param search so often rows are looked for that are left by processes that have died
 */
record Pace(
        LongSupplier nanoClock,
        Duration unprepared,
        Duration untilEntered,
        Duration decisionWait,
        Duration sweep,
        Duration search) {

    /** For everybody. */
    static Pace usual(LongSupplier nanoClock) {
        return new Pace(
                nanoClock,
                Duration.ofMinutes(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofMillis(200),
                Duration.ofSeconds(5));
    }

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    /** After this, by the clock of who entered it, a row that says "rolled back" is not needed any more. */
    Duration refusalKept() {
        return untilEntered.plus(untilEntered.dividedBy(2));
    }

    /** The same by the clocks of other machines, which may be wrong by minutes. */
    Duration refusalKeptByOthers() {
        return untilEntered.multipliedBy(10);
    }
}
