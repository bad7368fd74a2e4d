// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the log beside the log: the file {@code commitlog/mark}. It lets recovery start at the end instead of the beginning, tells
 * damage from a torn tail, and leftovers of a retirement from a lost segment. It is written rarely; an old or missing mark costs time, nothing
 * else.
 *
 * <pre>
 *  0       4         8          16           24              32               40      44
 *  +-------+---------+----------+------------+---------------+----------------+-------+-----+
 *  | magic | version | sequence | minPosition| durablePosition| storeTimestamp | flags | crc |    slot 0
 *  +-------+---------+----------+------------+---------------+----------------+-------+-----+
 *  4096: the same, slot 1
 * </pre>
 *
 * Integers are big-endian; the CRC-32C covers the slot before it. The slots are written in turn, far enough apart that one torn write cannot
 * hurt both; the valid one with the higher sequence counts. Zeroed space has no magic: no mark. One thread at a time.
 */
final class DurableMark implements Closeable {

    private static final int MAGIC_V1 = 0xA6E7A03A;
    private static final int VERSION_1 = 1;
    private static final int FLAG_CLEAN = 0x1;

    private static final int MAGIC = 0;
    private static final int VERSION = MAGIC + Integer.BYTES;
    private static final int SEQUENCE = VERSION + Integer.BYTES;
    private static final int MIN_POSITION = SEQUENCE + Long.BYTES;
    private static final int DURABLE_POSITION = MIN_POSITION + Long.BYTES;
    private static final int STORE_TIMESTAMP = DURABLE_POSITION + Long.BYTES;
    private static final int FLAGS = STORE_TIMESTAMP + Long.BYTES;
    private static final int CRC = FLAGS + Integer.BYTES;
    private static final int SLOT_BYTES = CRC + Integer.BYTES;

    private static final int SLOTS = 2;
    private static final int SLOT_DISTANCE = 4096;
    private static final int FILE_BYTES = SLOTS * SLOT_DISTANCE;

    /**
     * One mark.
     *
     * @param minPosition segments that start below it were retired
     * @param durablePosition everything below it was durable
     * @param storeTimestamp that of the last record below it
     * @param clean nothing was behind {@code durablePosition}, and nothing has been appended since
     */
    record Value(long minPosition, long durablePosition, long storeTimestamp, boolean clean) {}

    private final DiskFile file;
    private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT_BYTES);
    private long sequence;
    private @Nullable Value value;

    private DurableMark(DiskFile file) {
        this.file = file;
    }

    /** Opens the file of this name, or makes it; its directory is not forced. */
    static DurableMark open(Disk disk, String name) throws IOException {
        boolean isNew = !disk.exists(name);
        DurableMark mark = new DurableMark(isNew ? disk.create(name) : disk.open(name));
        if (mark.file.size() < FILE_BYTES) {
            // All of its space at once: a mark can then be written on a full disk, too.
            mark.file.writeFully(mark.file.size(), ByteBuffer.allocate((int) (FILE_BYTES - mark.file.size())));
        }
        for (int i = 0; i < SLOTS; i++) {
            mark.load(i);
        }
        return mark;
    }

    private void load(int index) throws IOException {
        slot.clear();
        if (file.read((long) index * SLOT_DISTANCE, slot) < SLOT_BYTES
                || slot.getInt(MAGIC) != MAGIC_V1
                || slot.getInt(VERSION) != VERSION_1
                || slot.getInt(CRC) != crc()
                || slot.getLong(SEQUENCE) <= sequence) {
            return;
        }
        sequence = slot.getLong(SEQUENCE);
        value = new Value(
                slot.getLong(MIN_POSITION),
                slot.getLong(DURABLE_POSITION),
                slot.getLong(STORE_TIMESTAMP),
                (slot.getInt(FLAGS) & FLAG_CLEAN) != 0);
    }

    /** The newest valid mark, null if there is none. */
    @Nullable
    Value value() {
        return value;
    }

    /** Writes and forces a mark; the one before survives if this fails or is torn. */
    void write(Value next) throws IOException {
        long nextSequence = sequence + 1;
        slot.clear();
        slot.putInt(MAGIC, MAGIC_V1);
        slot.putInt(VERSION, VERSION_1);
        slot.putLong(SEQUENCE, nextSequence);
        slot.putLong(MIN_POSITION, next.minPosition);
        slot.putLong(DURABLE_POSITION, next.durablePosition);
        slot.putLong(STORE_TIMESTAMP, next.storeTimestamp);
        slot.putInt(FLAGS, next.clean ? FLAG_CLEAN : 0);
        slot.putInt(CRC, crc());
        file.writeFully(nextSequence % SLOTS * SLOT_DISTANCE, slot.clear());
        file.force();
        sequence = nextSequence;
        value = next;
    }

    private int crc() {
        CRC32C crc = new CRC32C();
        crc.update(slot.clear().limit(CRC));
        slot.clear();
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
