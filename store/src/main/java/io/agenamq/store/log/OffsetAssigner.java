// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

/** Knows the next offset of each message queue. Called under the append lock only, live only: replayed records have their offsets. */
public interface OffsetAssigner {

    /** What {@link #reserve} answers for a queue that does not exist. */
    long UNKNOWN_QUEUE = -1;

    /**
     * Takes the next offset of a queue. {@link LogListener#message} for that record follows, or {@link #release} if the batch could not be
     * written.
     *
     * @return the offset, or {@link #UNKNOWN_QUEUE}, by which the whole batch is refused
     */
    long reserve(String topic, int queueId);

    /** Gives back what the last {@link #reserve} of that queue took. Called in reverse order of the reservations. */
    void release(String topic, int queueId);
}
