// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.MessageQueue;
import io.agenamq.protocol.command.TopicStatsBody;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a message queue holds.
 *
 * @param minOffset of the oldest message
 * @param maxOffset behind the newest message
 * @param newest when the newest message was stored, or null if there is none
 */
public record QueueStatus(MessageQueue queue, long minOffset, long maxOffset, @Nullable Instant newest) {
    static QueueStatus of(MessageQueue queue, TopicStatsBody.QueueStats stats) {
        long newest = stats.lastUpdateTimestamp();
        return new QueueStatus(
                queue, stats.minOffset(), stats.maxOffset(), newest > 0 ? Instant.ofEpochMilli(newest) : null);
    }

    /** Messages that are stored, whether or not anybody has consumed them. */
    public long count() {
        return maxOffset - minOffset;
    }
}
