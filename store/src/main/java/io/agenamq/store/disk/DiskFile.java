// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file. Writes and reads are positional, so that any number of threads may use it at once; two overlapping writes at the same time
 * leave either's bytes. See {@link Disk} for what survives a crash.
 */
public interface DiskFile extends Closeable {

    /** The name it was opened or created with. */
    String name();

    /**
     * Writes some or all of what remains in {@code from} and moves its position accordingly. Writing behind the end fills the gap with zeros.
     *
     * @return how many bytes were written, at least 1 unless nothing remained
     * @throws NoSpaceException if not a single byte fits
     */
    int write(long at, ByteBuffer from) throws IOException;

    /** Writes all that remains in {@code from}. If it fails, the position of {@code from} tells how much was written before. */
    default void writeFully(long at, ByteBuffer from) throws IOException {
        long next = at;
        while (from.hasRemaining()) {
            next += write(next, from);
        }
    }

    /**
     * Reads until {@code into} is full or the file ends.
     *
     * @return how many bytes were read, 0 at the end
     */
    int read(long at, ByteBuffer into) throws IOException;

    /** Fills {@code into}. */
    default void readFully(long at, ByteBuffer into) throws IOException {
        int wanted = into.remaining();
        int count = read(at, into);
        if (count < wanted) {
            throw new EOFException(name() + " ends at " + (at + count) + ", wanted bytes up to " + (at + wanted));
        }
    }

    /** Returns when everything written to this file before is on stable storage, as far as the operating system can tell. */
    void force() throws IOException;

    /** Length of the file. */
    long size() throws IOException;

    /** Cuts the file to {@code size} bytes; does nothing if it is shorter. */
    void truncate(long size) throws IOException;

    /** Makes {@code length} existing bytes readable as memory. The mapping outlives {@link #close}. */
    DiskMapping map(long at, int length) throws IOException;

    @Override
    void close() throws IOException;
}
