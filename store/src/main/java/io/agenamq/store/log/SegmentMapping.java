// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.store.disk.DiskMapping;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Mapped memory of a segment with a count of its users: the segment itself is one, every {@link RecordSlice} another. The last one to leave
 * unmaps it. Any thread.
 */
final class SegmentMapping {

    private final DiskMapping mapping;
    private final ByteBuffer buffer;
    private final AtomicInteger users = new AtomicInteger(1);

    SegmentMapping(DiskMapping mapping) {
        this.mapping = mapping;
        this.buffer = mapping.buffer();
    }

    /** One more user; false if the last one has left already, and then the memory must not be touched. */
    boolean retain() {
        int count;
        do {
            count = users.get();
            if (count == 0) {
                return false;
            }
        } while (!users.compareAndSet(count, count + 1));
        return true;
    }

    /** One user less. */
    void release() {
        int left = users.decrementAndGet();
        if (left == 0) {
            mapping.unmap();
        } else if (left < 0) {
            throw new IllegalStateException("a mapping was released more often than retained");
        }
    }

    /** Only for users. */
    ByteBuffer buffer() {
        return buffer;
    }

    int length() {
        return buffer.capacity();
    }
}
