// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import io.agenamq.store.queue.ConsumeQueue;

/** Told that a queue has more messages than before: wakes who waits for them. */
@FunctionalInterface
public interface ArrivalListener {

    /**
     * Messages below {@code newMaxOffset} can be read. On the appending thread, outside of all locks, once or more per batch and queue; two
     * threads may tell about one queue in the other order. Quick: the sender's answer waits for it.
     */
    void arrived(ConsumeQueue queue, long newMaxOffset);
}
