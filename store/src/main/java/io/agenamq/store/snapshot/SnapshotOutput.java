// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.snapshot;

import io.agenamq.store.disk.DiskFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes a snapshot file through a buffer, with a running checksum. A failing disk surfaces as {@link UncheckedIOException}. */
final class SnapshotOutput extends StateOutput {

    private static final int BUFFER_BYTES = 256 * 1024;

    private final DiskFile file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final CRC32C checksum = new CRC32C();
    private long flushed;

    SnapshotOutput(DiskFile file) {
        this.file = file;
    }

    /** Bytes written so far, buffered ones included. */
    long length() {
        return flushed + buffer.position();
    }

    /** Appends the checksum over everything so far and writes what is buffered. */
    void finish() {
        flush();
        buffer.putInt((int) checksum.getValue());
        flush();
    }

    @Override
    ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            flush();
        }
        return buffer;
    }

    private void flush() {
        buffer.flip();
        checksum.update(buffer.duplicate());
        try {
            while (buffer.hasRemaining()) {
                flushed += file.write(flushed, buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        buffer.clear();
    }
}
