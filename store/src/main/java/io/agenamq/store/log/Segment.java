// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One file of the log: batches one behind the other, then zeros.
 *
 * <pre>
 *  0                     used              prepared = file size          capacity
 *  +---------------------+-----------------+------------------------------+
 *  | batches             | zeros           | not there yet                |
 *  +---------------------+-----------------+------------------------------+
 * </pre>
 *
 * Zeros are written ahead of the appends, so that an append neither needs new blocks (which might not be there) nor makes a force write
 * metadata. {@code used} belongs to whoever holds the log's append lock. Preparing has a lock of its own, held for one slice; it may be taken
 * under the append lock, never the other way round. Mapping is for readers, on any thread.
 */
final class Segment {

    /** How much is prepared in one step; an append that has overtaken the housekeeper waits for one step at most. */
    private static final int SLICE_BYTES = 256 * 1024;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(SLICE_BYTES);

    private final DiskFile file;
    private final long start;
    private final int capacity;
    private final BatchCheck check;
    private final ReentrantLock preparing = new ReentrantLock();
    private volatile int prepared;
    /** Guarded by the append lock. */
    private int used;
    /** Whether the file's name survives a crash. */
    private volatile boolean linked;

    private volatile @Nullable SegmentMapping mapping;
    /** Guarded by this. */
    private boolean retired;

    /**
     * Takes over a file.
     *
     * @param linked whether the directory was forced since the file was made
     */
    Segment(DiskFile file, long start, int capacity, boolean linked) throws IOException {
        this.file = file;
        this.start = start;
        this.capacity = capacity;
        this.linked = linked;
        this.check = new BatchCheck(start);
        this.prepared = (int) Math.min(file.size(), capacity);
    }

    /** Position of the segment's first byte. */
    long start() {
        return start;
    }

    /** Position of the next segment's first byte. */
    long end() {
        return start + capacity;
    }

    int capacity() {
        return capacity;
    }

    DiskFile file() {
        return file;
    }

    boolean holds(long position) {
        return position >= start && position < end();
    }

    int used() {
        return used;
    }

    void used(int bytes) {
        used = bytes;
    }

    /** Bytes that can be written without new space. */
    int prepared() {
        return prepared;
    }

    /** Whether {@code bytes} fit behind what is used. */
    boolean hasRoomFor(int bytes) {
        return capacity - used >= bytes;
    }

    /**
     * Prepares one more slice.
     *
     * @return false if the whole segment is prepared already
     * @throws io.agenamq.store.disk.NoSpaceException if the disk is full; what did fit is prepared
     */
    boolean prepareSlice() throws IOException {
        preparing.lock();
        try {
            int from = prepared;
            if (from == capacity) {
                return false;
            }
            ByteBuffer zeros = ZEROS.duplicate();
            zeros.limit(Math.min(SLICE_BYTES, capacity - from));
            try {
                file.writeFully(from, zeros);
            } finally {
                prepared = from + zeros.position();
            }
            return true;
        } finally {
            preparing.unlock();
        }
    }

    /** Tells what is still as it was written. */
    BatchCheck check() {
        return check;
    }

    boolean isLinked() {
        return linked;
    }

    void markLinked() {
        linked = true;
    }

    /**
     * The segment's memory with {@code bytes} of it readable, retained for the caller; null if the segment was retired meanwhile.
     *
     * @param bytes at most {@link #prepared}
     */
    @Nullable
    SegmentMapping retainMapping(int bytes) throws IOException {
        SegmentMapping current = mapping;
        if (current != null && current.length() >= bytes && current.retain()) {
            return current;
        }
        return map(bytes);
    }

    private synchronized @Nullable SegmentMapping map(int bytes) throws IOException {
        if (retired) {
            return null;
        }
        SegmentMapping current = mapping;
        if (current == null || current.length() < bytes) {
            // The first segment after a start is mapped again while its preparation goes on; all others once.
            SegmentMapping larger = new SegmentMapping(file.map(0, prepared));
            mapping = larger;
            if (current != null) {
                current.release();
            }
            current = larger;
        }
        // It cannot be gone: the segment itself is one of its users.
        current.retain();
        return current;
    }

    /** No reader gets in any more; those who are inside keep the memory until they leave. */
    synchronized void retire() throws IOException {
        if (retired) {
            return;
        }
        retired = true;
        SegmentMapping current = mapping;
        mapping = null;
        if (current != null) {
            current.release();
        }
        file.close();
    }

    @Override
    public String toString() {
        return file.name();
    }
}
