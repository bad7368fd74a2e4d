// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.hidden;

import io.agenamq.store.log.Publication.Queue;
import io.agenamq.store.queue.ConsumeQueueEntry;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A half message of which nobody has decided yet whether it will be seen: what is known of it in memory, about 300 bytes.
 *
 * <p>What the log says of it changes under the append lock. Whether somebody is about to decide ({@link #claim}) is no part of that: it begins anew with
 * each process. Any thread.
 */
public final class HalfMessage {

    /** What one takes of the memory, counted; it is in two maps at most. */
    public static final int MEMORY_BYTES = 384;

    private final long id;
    private final Queue queue;
    private final String producerGroup;
    private final int immunitySeconds;
    /** The entry that its publication puts into the queue. */
    private final long[] words;

    private final int[] keys;
    private final int size;
    private volatile long position;
    private volatile int checks;
    private volatile long checkedAt;
    /** Of the record that says how often it was checked. Under the append lock, and in snapshots. */
    private volatile long checksPosition;

    // Not in the log; each process begins with a half message that nobody has claimed.
    private final AtomicBoolean claimed = new AtomicBoolean();

    HalfMessage(
            long id,
            long position,
            int size,
            Queue queue,
            String producerGroup,
            int immunitySeconds,
            long[] words,
            int[] keys) {
        this.id = id;
        this.position = position;
        this.size = size;
        this.queue = queue;
        this.producerGroup = producerGroup;
        this.immunitySeconds = immunitySeconds;
        this.words = words;
        this.keys = keys;
    }

    /** Its identity for as long as it exists: the position that it was stored at first. */
    public long id() {
        return id;
    }

    /** Where it is now. */
    public long position() {
        return position;
    }

    /** Bytes of its record. */
    public int size() {
        return size;
    }

    /** Where it goes when it is committed. */
    public Queue queue() {
        return queue;
    }

    /** Who decides, and is asked. */
    public String producerGroup() {
        return producerGroup;
    }

    /** For so many seconds nobody is to be asked; 0 if the producer leaves that to the broker. */
    public int immunitySeconds() {
        return immunitySeconds;
    }

    /** When it was stored, in milliseconds. */
    public long storeTime() {
        return ConsumeQueueEntry.storeTime(words, 0);
    }

    /** How often a producer was asked. */
    public int checks() {
        return checks;
    }

    /** When a producer was asked last, in milliseconds; 0 if none was. */
    public long checkedAt() {
        return checkedAt;
    }

    /** Who gets true is the only one who may append a decision about it, or move it, until {@link #release}. */
    public boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    /** Nothing was decided after all. */
    public void release() {
        claimed.set(false);
    }

    /** Whether one of its keys has this hash. */
    public boolean hasKey(int hash) {
        for (int key : keys) {
            if (key == hash) {
                return true;
            }
        }
        return false;
    }

    long[] words() {
        return words;
    }

    int[] keys() {
        return keys;
    }

    long checksPosition() {
        return checksPosition;
    }

    void movedTo(long newPosition) {
        position = newPosition;
    }

    void checked(int count, long time, long recordPosition) {
        checks = count;
        checkedAt = time;
        checksPosition = recordPosition;
    }

    @Override
    public String toString() {
        return "half message " + id + " of group " + producerGroup + " for queue " + queue.queueId() + " of "
                + queue.topic();
    }
}
