// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import java.time.Duration;

/**
 * Looks now and then whether a consumer of a partitioned queue hears all partitions, and lets it hear those that it does not: they were away when it
 * began, or for so long that they were given up. As long as it hears all, this costs a look at a list. On event loops and, where it waits for brokers,
 * on a thread of the connection.
 */
final class PartitionWatch {

    private static final Duration PERIOD = Duration.ofSeconds(2);

    private final AgenaConnection connection;
    private final SessionState state;

    PartitionWatch(AgenaConnection connection, SessionState state) {
        this.connection = connection;
        this.state = state;
    }

    /**
     * Begins to look after a consumer, until it is closed.
     *
     * @param attachMissing attaches it where it is not; waits for brokers
     */
    void begin(AgenaConsumer consumer, int partitions, Runnable attachMissing) {
        connection.link().after(PERIOD, () -> look(consumer, partitions, attachMissing));
    }

    private void look(AgenaConsumer consumer, int partitions, Runnable attachMissing) {
        boolean complete;
        state.lock();
        try {
            if (consumer.closed || state.isEnding()) {
                return;
            }
            complete = consumer.liveSourceCount() >= partitions;
        } finally {
            state.unlock();
        }
        if (complete) {
            begin(consumer, partitions, attachMissing);
        } else {
            connection.execute(() -> {
                attachMissing.run();
                begin(consumer, partitions, attachMissing);
            });
        }
    }
}
