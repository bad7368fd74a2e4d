// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.JmsQueueStatusResponse;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A JMS queue as one of its brokers has it at one moment.
 *
 * @param name of the queue
 * @param broker name of the broker
 * @param ready messages that nobody has
 * @param inFlight messages that consumers have and have not acknowledged
 * @param parked messages that wait for their time
 * @param redelivered messages, of all these, that have been delivered before
 * @param oldest when the oldest of them was stored, or null if there is none
 * @param age how old that one is, or null if there is none
 * @param consumers consumers that are attached
 * @param paused whether delivery is paused
 * @param exclusive whether one consumer at a time gets messages
 * @param deadLetters messages in the queue for its dead letters, or null where that is not known, or makes no sense
 */
public record JmsQueueStatus(
        String name,
        String broker,
        long ready,
        long inFlight,
        long parked,
        long redelivered,
        @Nullable Instant oldest,
        @Nullable Duration age,
        int consumers,
        boolean paused,
        boolean exclusive,
        @Nullable Long deadLetters) {

    static JmsQueueStatus of(
            String name, String broker, JmsQueueStatusResponse answer, Instant now, @Nullable Long deadLetters) {
        Instant oldest = answer.oldest() > 0 ? Instant.ofEpochMilli(answer.oldest()) : null;
        // The clocks of two machines differ a little.
        Duration age = oldest == null ? null : Duration.ofMillis(Math.max(0, now.toEpochMilli() - answer.oldest()));
        return new JmsQueueStatus(
                name,
                broker,
                answer.ready(),
                answer.inFlight(),
                answer.parked(),
                answer.redelivered(),
                oldest,
                age,
                answer.consumers(),
                answer.paused(),
                answer.exclusive(),
                deadLetters);
    }

    /** Messages that are not settled. */
    public long depth() {
        return ready + inFlight + parked;
    }
}
