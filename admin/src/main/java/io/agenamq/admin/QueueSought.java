// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a seek does to a JMS queue on one broker, or would do.
 *
 * @param broker name of the broker
 * @param before messages that it had
 * @param after messages that it has then
 * @param again how many of them were settled, and are delivered again
 * @param skipped how many were not settled, and are not delivered any more
 * @param inFlight how many were in flight when it was asked; acknowledging those changes nothing any more
 * @param knownSince store time from which on the log has every message of the queue; null if it has none. What was settled before is gone for good
 */
public record QueueSought(
        String broker,
        long before,
        long after,
        long again,
        long skipped,
        long inFlight,
        @Nullable Instant knownSince) {}
