// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.index;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A run that is in a file: sorted entries and nothing else, eight bytes each, big-endian. What the run covers stands in the snapshot; a file
 * that no snapshot knows is deleted when the store opens, and the replay makes it again. A damaged entry can hide a message from a query but
 * never show a wrong one, since every hit is compared with the record.
 *
 * @param base position that entries are relative to
 * @param end behind the last record that has a key here
 * @param count number of entries
 * @param firstTime store time of the oldest record
 * @param lastTime store time of the newest record
 */
record KeyFile(long base, long end, int count, long firstTime, long lastTime) {

    private static final String SUFFIX = ".keys";

    /** Where binary search by single entries ends and a block is read at once. */
    private static final int BLOCK_ENTRIES = 512;

    /** What one entry of {@link #writeTo} takes at least. */
    static final int DESCRIPTION_BYTES_MIN = 5;

    String name() {
        return String.format("%020d%s", base, SUFFIX);
    }

    String path() {
        return KeyIndex.FOLDER + "/" + name();
    }

    void writeTo(StateOutput out) {
        out.putCount(base);
        out.putCount(end - base);
        out.putCount(count);
        out.putCount(firstTime);
        out.putCount(lastTime - firstTime);
    }

    static KeyFile readFrom(StateInput in) {
        long base = in.getCount();
        long end = base + in.getCount();
        long count = in.getCount();
        long firstTime = in.getCount();
        long lastTime = firstTime + in.getCount();
        if (count > KeyIndex.RUN_ENTRIES) {
            throw new CorruptStateException("a run of " + count + " keys");
        }
        return new KeyFile(base, end, (int) count, firstTime, lastTime);
    }

    /** Checks that the file is there and as long as it should be. */
    void check(Disk disk) {
        try (DiskFile file = disk.open(path())) {
            if (file.size() < (long) count * Long.BYTES) {
                throw new CorruptStateException(path() + " is too short");
            }
        } catch (IOException e) {
            throw new CorruptStateException(path() + " cannot be read", e);
        }
    }

    /** Writes the file, durably but for its directory entry. */
    void create(Disk disk, long[] sorted) throws IOException {
        if (disk.exists(path())) {
            disk.delete(path());
        }
        ByteBuffer content = ByteBuffer.allocate(sorted.length * Long.BYTES);
        content.asLongBuffer().put(sorted);
        try (DiskFile file = disk.create(path())) {
            file.writeFully(0, content);
            file.force();
        }
    }

    /** The entries with this hash, in ascending order of their positions. */
    long[] find(Disk disk, int hash) throws IOException {
        try (DiskFile file = disk.open(path())) {
            long wanted = KeyEntry.lowest(hash);
            int low = 0;
            int high = count;
            ByteBuffer one = ByteBuffer.allocate(Long.BYTES);
            while (high - low > BLOCK_ENTRIES) {
                int middle = (low + high) >>> 1;
                file.readFully((long) middle * Long.BYTES, one.clear());
                if (one.getLong(0) < wanted) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return collect(file, low, hash);
        }
    }

    /** All entries, sorted. */
    long[] all(Disk disk) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(count * Long.BYTES);
        try (DiskFile file = disk.open(path())) {
            file.readFully(0, content);
        }
        long[] entries = new long[count];
        content.flip().asLongBuffer().get(entries);
        return entries;
    }

    /** Reads on from {@code from}, which is at most a block before the first entry with the hash, to the last one. */
    private long[] collect(DiskFile file, int from, int hash) throws IOException {
        long[] found = new long[0];
        ByteBuffer block = ByteBuffer.allocate(BLOCK_ENTRIES * Long.BYTES);
        for (int next = from; next < count; ) {
            int entries = Math.min(BLOCK_ENTRIES, count - next);
            file.readFully((long) next * Long.BYTES, block.clear().limit(entries * Long.BYTES));
            for (int i = 0; i < entries; i++) {
                long entry = block.getLong(i * Long.BYTES);
                int entryHash = KeyEntry.hash(entry);
                if (entryHash > hash) {
                    return found;
                }
                if (entryHash == hash) {
                    found = Arrays.copyOf(found, found.length + 1);
                    found[found.length - 1] = entry;
                }
            }
            next += entries;
        }
        return found;
    }
}
