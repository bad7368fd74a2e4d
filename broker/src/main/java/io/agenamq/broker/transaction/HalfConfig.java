// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import java.time.Duration;

/**
 * How half messages are treated.
 *
 * @param rejected whether they are refused
 * @param firstCheckAfter nobody is asked about one that is younger than this
 * @param checkInterval from one question to the next
 * @param checksMax questions; then it is given up
 * @param keptFor how long one is kept at most if there is nobody to ask
 * @param countMax undecided ones at a time
 * @param forced whether decisions are forced to the disk as soon as possible
 * @param brokerName what clients know this broker by
 */
public record HalfConfig(
        boolean rejected,
        Duration firstCheckAfter,
        Duration checkInterval,
        int checksMax,
        Duration keptFor,
        int countMax,
        boolean forced,
        String brokerName) {}
