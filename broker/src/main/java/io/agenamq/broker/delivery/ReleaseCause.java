// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsFailure;
import org.jspecify.annotations.Nullable;

/**
 * Why deliveries come back.
 *
 * @param words for operators
 * @param failure what the application could not process; null if nobody says so
 */
record ReleaseCause(String words, @Nullable JmsFailure failure) {

    /** The session recovers, rolls back, or has no use for what it has fetched. */
    static final ReleaseCause GIVEN_BACK = new ReleaseCause("given back: recover, rollback, or fetched in vain", null);

    /** The consumer is closed. */
    static final ReleaseCause CLOSED = new ReleaseCause("its consumer was closed", null);

    /** The consumer's connection is lost, and nobody has come for what it had. */
    static final ReleaseCause LOST = new ReleaseCause("its consumer's connection was lost", null);

    /** What a client says. */
    static ReleaseCause of(@Nullable JmsFailure failure) {
        return failure == null ? GIVEN_BACK : new ReleaseCause("given back after a message listener failed", failure);
    }

    /** The failure, if it is that of the delivery of this number. */
    @Nullable
    JmsFailure failureOf(long sequence) {
        return failure != null && failure.sequence() == sequence ? failure : null;
    }

    /** Why the delivery of this number came back, in words. */
    String wordsOf(long sequence) {
        JmsFailure mine = failureOf(sequence);
        return mine == null
                ? words
                : "its listener failed: " + mine.exception() + (mine.message().isEmpty() ? "" : ": " + mine.message());
    }
}
