// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import io.agenamq.store.snapshot.StateOutput;
import java.nio.ByteBuffer;

/**
 * What a consume queue knows about one message. A flyweight: {@link ConsumeQueue#read} fills it, the next read overwrites it, and it belongs
 * to one thread.
 */
public final class QueueEntry {

    /** The priority of a message that names none (Jakarta Messaging 3.1 §3.4.10). */
    public static final int DEFAULT_PRIORITY = 4;

    /** The message has a tag, so {@link #tagHash()} means something: the hash of a real tag may be 0. */
    public static final int TAGGED = 1;

    /** The message belongs to a message group or carries a sharding key: {@link #groupHash()} means something. */
    public static final int GROUPED = 1 << 1;

    /** The sender allowed the message to be lost in a crash (Jakarta Messaging NON_PERSISTENT). */
    public static final int NON_PERSISTENT = 1 << 2;

    /** The message was hidden before: {@link #position()} is that of the reference by which it was published. */
    public static final int REFERENCE = 1 << 3;

    private long position;
    private long sizeAndTag;
    private long storeTime;
    private long expiry;
    private long deliverAt;
    private long groupFlagsPriority;

    /** Byte address of the message's record in the commit log. */
    public long position() {
        return position;
    }

    /** Length of the record in bytes. */
    public int size() {
        return ConsumeQueueEntry.size(sizeAndTag);
    }

    /** {@code String.hashCode()} of the tag; 0 if there is none. */
    public int tagHash() {
        return ConsumeQueueEntry.tagHash(sizeAndTag);
    }

    /** When the server stored the message, milliseconds since 1970; never less than that of an earlier entry. */
    public long storeTime() {
        return storeTime;
    }

    /** When the message expires, milliseconds since 1970; 0 for never. */
    public long expiry() {
        return expiry;
    }

    /** Not to be delivered before this time, milliseconds since 1970; 0 for at once. */
    public long deliverAt() {
        return deliverAt;
    }

    /** 0 (lowest) to 9. */
    public int priority() {
        return ConsumeQueueEntry.priority(groupFlagsPriority);
    }

    /** {@code String.hashCode()} of the message group or sharding key; 0 if there is none. */
    public int groupHash() {
        return ConsumeQueueEntry.groupHash(groupFlagsPriority);
    }

    /** A combination of {@link #TAGGED}, {@link #GROUPED}, {@link #NON_PERSISTENT}, {@link #REFERENCE}. */
    public int flags() {
        return ConsumeQueueEntry.flags(groupFlagsPriority);
    }

    /** Whether it is the entry of a message that was hidden before. Of size 0 if the log had dropped the message when the queue was rebuilt. */
    public boolean isReference() {
        return (flags() & REFERENCE) != 0;
    }

    @Override
    public String toString() {
        return "position=" + position + " size=" + size() + " tagHash=" + tagHash() + " storeTime=" + storeTime
                + " expiry=" + expiry + " deliverAt=" + deliverAt + " priority=" + priority() + " groupHash="
                + groupHash() + " flags=" + flags();
    }

    void writeTo(StateOutput out) {
        out.putLong(position);
        out.putLong(sizeAndTag);
        out.putLong(storeTime);
        out.putLong(expiry);
        out.putLong(deliverAt);
        out.putLong(groupFlagsPriority);
    }

    void load(long[] words, int at) {
        position = words[at + ConsumeQueueEntry.POSITION];
        sizeAndTag = words[at + ConsumeQueueEntry.SIZE_AND_TAG];
        storeTime = words[at + ConsumeQueueEntry.STORE_TIME];
        expiry = words[at + ConsumeQueueEntry.EXPIRY];
        deliverAt = words[at + ConsumeQueueEntry.DELIVER_AT];
        groupFlagsPriority = words[at + ConsumeQueueEntry.GROUP_FLAGS_PRIORITY];
    }

    void load(ByteBuffer page, int at) {
        position = page.getLong(at + ConsumeQueueEntry.POSITION * Long.BYTES);
        sizeAndTag = page.getLong(at + ConsumeQueueEntry.SIZE_AND_TAG * Long.BYTES);
        storeTime = page.getLong(at + ConsumeQueueEntry.STORE_TIME * Long.BYTES);
        expiry = page.getLong(at + ConsumeQueueEntry.EXPIRY * Long.BYTES);
        deliverAt = page.getLong(at + ConsumeQueueEntry.DELIVER_AT * Long.BYTES);
        groupFlagsPriority = page.getLong(at + ConsumeQueueEntry.GROUP_FLAGS_PRIORITY * Long.BYTES);
    }
}
