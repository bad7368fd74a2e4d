// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.snapshot;

import java.nio.ByteBuffer;

/** Collects the payload of one control record in memory. */
public final class PayloadOutput extends StateOutput {

    private static final int INITIAL_BYTES = 256;

    private ByteBuffer buffer = ByteBuffer.allocate(INITIAL_BYTES);

    /** Bytes collected so far. */
    public int length() {
        return buffer.position();
    }

    /** What was collected, ready to be read; valid until the next put. */
    public ByteBuffer payload() {
        return buffer.duplicate().flip();
    }

    @Override
    ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int length = Math.addExact(buffer.position(), bytes);
            buffer =
                    ByteBuffer.allocate(Math.max(length, buffer.capacity() * 2)).put(buffer.flip());
        }
        return buffer;
    }
}
