// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.retention;

import io.agenamq.store.queue.ConsumeQueue;
import org.jspecify.annotations.Nullable;

/** Knows which messages of the destinations with cursors are still wanted, so that retention needs to know nothing of cursors. */
@FunctionalInterface
public interface LiveMessages {

    /**
     * Who reads what at this moment. A message that is not wanted now is never wanted again, but by somebody who goes back on purpose; what is
     * wanted now may be settled meanwhile. On the housekeeper.
     */
    View view();

    /** The readers of all queues. */
    @FunctionalInterface
    interface View {

        /** The readers of a queue; null if it is a native topic's, whose messages are kept by age alone. */
        @Nullable
        Readers of(ConsumeQueue queue);
    }

    /** The readers of one queue. */
    interface Readers {

        /** Which of 64 offsets a cursor has not settled: bit i stands for offset {@code wordIndex * 64 + i}. */
        long unsettled(long wordIndex);

        /** Whether a message is wanted even when its time is over. */
        boolean keepsExpired();

        /**
         * The first offset that readers want of whom the log keeps no cursor: subscriptions without a name that last, and offset groups. What they
         * want is kept as long as a native topic's messages, and not moved. {@link Long#MAX_VALUE} if there are none.
         */
        long lowestUnrecorded();
    }
}
