// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

/** The bytes at a position of the log are not the record that should be there. Only this read fails; the rest of the log is served. */
public final class CorruptRecordException extends RuntimeException {

    private final long position;

    /**
     * Says what is wrong.
     *
     * @param message continues "record at position 4711 …"
     */
    public CorruptRecordException(long position, String message) {
        super("record at position " + position + " " + message, null, false, false);
        this.position = position;
    }

    /** Where. */
    public long position() {
        return position;
    }
}
