// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import java.nio.ByteBuffer;

/**
 * Applies records to derived structures, in log order, one batch at a time: live under the append lock, or during replay before that. The
 * same calls in both cases, so that there is one code path.
 *
 * <p>Cheap, no I/O, no other locks than short ones of its own, and it cannot fail: an exception is a bug, after which the log accepts no more
 * appends. Buffers are valid during the call only.
 */
public interface LogListener {

    /**
     * A message.
     *
     * @param topic the record's topic; live it is the string that the draft had
     * @param position of the record in the log
     * @param size of the record in bytes
     * @param buffer holds the whole record at index {@code at}; read it with {@code MessageRecord}, absolutely, without touching the buffer's
     *     position
     */
    void message(String topic, long position, int size, ByteBuffer buffer, int at);

    /**
     * A control record.
     *
     * @param payload its body, from position to limit
     */
    void control(ControlType type, long position, ByteBuffer payload);

    /** All records below {@code endPosition} have been applied; the next batch starts there. A snapshot may say so. */
    void batchEnd(long endPosition);
}
