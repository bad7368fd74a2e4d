// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

/**
 * The layout of one consume queue entry: six 64-bit words, big-endian in files.
 *
 * <pre>
 * 0          8        12        16          24       32          40          44      46   47        48
 * +----------+--------+---------+-----------+--------+-----------+-----------+-------+----+----------+
 * | position | size   | tagHash | storeTime | expiry | deliverAt | groupHash | flags |  0 | priority |
 * +----------+--------+---------+-----------+--------+-----------+-----------+-------+----+----------+
 * |  word 0  |      word 1      |  word 2   | word 3 |  word 4   |            word 5                 |
 * </pre>
 *
 * <p>Words rather than fields because the youngest entries of a queue live in a {@code long[]} and older ones in the page file: both are
 * read with the same six loads. A zeroed entry has size 0 and is never a message. The byte at 46 is reserved and zero.
 */
public final class ConsumeQueueEntry {

    /** Words of an entry. */
    public static final int WORDS = 6;

    static final int BYTES = WORDS * Long.BYTES;

    static final int POSITION = 0;
    static final int SIZE_AND_TAG = POSITION + 1;
    static final int STORE_TIME = SIZE_AND_TAG + 1;
    static final int EXPIRY = STORE_TIME + 1;
    static final int DELIVER_AT = EXPIRY + 1;
    static final int GROUP_FLAGS_PRIORITY = DELIVER_AT + 1;

    private ConsumeQueueEntry() {}

    /** Puts the entry of a message at index {@code at} of {@code words}. */
    public static void put(long[] words, int at, RecordScan record, long position, int size) {
        words[at + POSITION] = position;
        words[at + SIZE_AND_TAG] = ((long) size << 32) | (record.tagHash() & 0xFFFF_FFFFL);
        words[at + STORE_TIME] = record.storeTime();
        words[at + EXPIRY] = record.expiry();
        words[at + DELIVER_AT] = record.deliverAt();
        words[at + GROUP_FLAGS_PRIORITY] = ((long) record.groupHash() << 32)
                | ((record.entryFlags() & 0xFFFFL) << 16)
                | (record.priority() & 0xFFL);
    }

    /** Makes the entry of a hidden message that of its publication: by the reference at {@code position}. */
    public static void publish(long[] words, int at, long position, long storeTime) {
        words[at + POSITION] = position;
        words[at + STORE_TIME] = storeTime;
        words[at + GROUP_FLAGS_PRIORITY] |= (long) QueueEntry.REFERENCE << 16;
    }

    /** Where the record is. */
    public static long position(long[] words, int at) {
        return words[at + POSITION];
    }

    /** When the message was stored. */
    public static long storeTime(long[] words, int at) {
        return words[at + STORE_TIME];
    }

    static int size(long sizeAndTag) {
        return (int) (sizeAndTag >>> 32);
    }

    static int tagHash(long sizeAndTag) {
        return (int) sizeAndTag;
    }

    static int groupHash(long groupFlagsPriority) {
        return (int) (groupFlagsPriority >>> 32);
    }

    static int flags(long groupFlagsPriority) {
        return (int) (groupFlagsPriority >>> 16) & 0xFFFF;
    }

    static int priority(long groupFlagsPriority) {
        return (int) groupFlagsPriority & 0xFF;
    }
}
