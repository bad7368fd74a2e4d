// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

/**
 * What opening the log found.
 *
 * @param startPosition oldest position
 * @param durableMark how far the log was known to be durable, from the mark file and from the batches themselves
 * @param endPosition where the valid log ends
 * @param cutBytes bytes behind the end that belonged to no whole batch and were zeroed; 0 after a clean stop
 * @param cleanStop whether the log was closed rather than cut short
 */
public record RecoveryReport(
        long startPosition, long durableMark, long endPosition, long cutBytes, boolean cleanStop) {}
