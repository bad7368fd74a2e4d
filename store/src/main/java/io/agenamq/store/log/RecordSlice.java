// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A record, or several that lie together, as a view of mapped memory, or of memory that was never in the log. Mapped memory stays mapped until
 * {@link #release}, even if its segment is retired meanwhile. Whoever got the slice releases it exactly once, on any thread; the buffer must not be touched afterwards.
 */
public final class RecordSlice {

    private final @Nullable SegmentMapping mapping;
    private final ByteBuffer buffer;
    private final long position;
    private final AtomicBoolean released = new AtomicBoolean();

    RecordSlice(@Nullable SegmentMapping mapping, ByteBuffer buffer, long position) {
        this.mapping = mapping;
        this.buffer = buffer;
        this.position = position;
    }

    /** A record that is kept in memory alone and does not change; the garbage collector has it when nobody does. */
    public static RecordSlice ofMemory(ByteBuffer record, long position) {
        return new RecordSlice(null, record.asReadOnlyBuffer().clear(), position);
    }

    /** The bytes from index 0 to the limit, read-only. The buffer belongs to whoever got the slice. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Where in the log it is, or what stands for that. */
    public long position() {
        return position;
    }

    /** Its length. */
    public int size() {
        return buffer.capacity();
    }

    /**
     * Gives the memory back.
     *
     * @throws IllegalStateException if that was done before
     */
    public void release() {
        if (!released.compareAndSet(false, true)) {
            throw new IllegalStateException("the slice at position " + position + " was released before");
        }
        if (mapping != null) {
            mapping.release();
        }
    }
}
