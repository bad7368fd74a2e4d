// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import java.nio.ByteBuffer;

/**
 * One delivered message that waits for its consumer, or is with the application.
 *
 * @param source from where, and to where it is acknowledged
 * @param epoch of the source when it was delivered
 * @param sequence by which it is acknowledged
 * @param count 1 for the first delivery
 * @param records holds the record at index {@code at}
 * @param bytes of the record
 */
record Delivery(Source source, int epoch, long sequence, int count, ByteBuffer records, int at, int bytes) {

    /** Whether it was not given back since. Under the session's lock. */
    boolean isCurrent() {
        return epoch == source.epoch();
    }

    /**
     * Puts it back as if it had not been asked for, unless the broker has it back already. Under the session's lock, and before anything else is
     * taken.
     */
    void putBack() {
        if (isCurrent()) {
            source.untake(this);
            source.consumer.buffer.addFirst(this);
        } else {
            source.takenInVain(this);
        }
    }
}
