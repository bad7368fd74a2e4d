// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What follows a header on the way out. The giver keeps ownership of the buffers and must leave them unchanged until {@link #release()},
 * which is called exactly once, by any thread: when the bytes are written, or failed, or were dropped.
 */
public interface Body {

    /** No body. */
    Body EMPTY = of(ByteBuffer.allocate(0));

    /** Number of bytes; constant. */
    int length();

    /** Adds buffers whose remaining bytes are together the body. They are views: reading them must not disturb a second call. */
    void appendTo(List<ByteBuffer> out);

    /** The bytes are no longer needed. */
    default void release() {}

    /** A body that is one array. */
    static Body of(byte[] bytes) {
        return of(ByteBuffer.wrap(bytes));
    }

    /** A body that is the remaining bytes of one buffer. */
    static Body of(ByteBuffer bytes) {
        ByteBuffer view = bytes.slice();
        return new Body() {
            @Override
            public int length() {
                return view.remaining();
            }

            @Override
            public void appendTo(List<ByteBuffer> out) {
                out.add(view.duplicate());
            }
        };
    }
}
