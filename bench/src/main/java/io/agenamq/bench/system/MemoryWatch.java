// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at the memory of a process several times a second, from its own thread, and remembers the most. */
final class MemoryWatch implements AutoCloseable {

    private static final int INTERVAL_MILLIS = 250;

    private final CountDownLatch end = new CountDownLatch(1);
    private volatile long residentBytes;
    private volatile long ownBytes;

    /** Watches from now on. */
    MemoryWatch(long pid) {
        var thread = new Thread(() -> watch(pid), "bench-memory");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(long pid) {
        try {
            do {
                residentBytes = Math.max(residentBytes, ProcessStatus.residentBytes(pid));
                ownBytes = Math.max(ownBytes, ProcessStatus.ownBytes(pid));
            } while (!end.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
        } catch (UncheckedIOException gone) {
            // The process has ended; what was seen counts.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The most that was in memory, mapped files included. */
    long residentBytes() {
        return residentBytes;
    }

    /** The most that belonged to the process alone. */
    long ownBytes() {
        return ownBytes;
    }

    @Override
    public void close() {
        end.countDown();
    }
}
