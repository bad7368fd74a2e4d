// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import io.agenamq.store.disk.DiskMapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The one file that holds the pages of all queues, in slots of {@value #PAGE_BYTES} bytes: entries at their place in the page, the rest of a
 * slot undefined. Which slot belongs to whom stands in the snapshot; the file has no header, and its number is its identity: a file that was
 * lost is never mistaken for a new one, because the new one gets another number.
 *
 * <p>Slots are written with {@code write} and read through read-only mappings. A mapping covers a window of slots; windows double in size up
 * to {@value #WINDOW_PAGES} pages (12 MiB), so that a small store stays small:
 *
 * <pre>
 * window   0     1     2      3       …   6          7          8
 * slots    0–3   4–7   8–15   16–31   …   128–255    256–511    512–767   …
 * </pre>
 *
 * The file is made long enough for a whole window before the window is used, by one byte at its end. The rest is a hole, so a slot takes the
 * disk space of the blocks that were written, not 48 KiB.
 *
 * <p>Writing under the page lock; reading by any thread.
 */
final class PageFile {

    static final int PAGE_ENTRIES = 1024;
    static final int PAGE_BYTES = PAGE_ENTRIES * ConsumeQueueEntry.BYTES;

    private static final int WINDOW_PAGES = 256;
    private static final int WINDOW_PAGES_FIRST = 4;
    /** The number of windows that are smaller than the largest: 4, 4, 8, 16, 32, 64 and 128 pages, together as long as a large one. */
    private static final int SMALL_WINDOWS = 7;

    private final Disk disk;
    private final String name;

    private @Nullable DiskFile file;
    private int windowCount;
    private boolean forceFailed;
    /** Copied on every change, under the lock of this object: windows are few, and a reader must see whole mappings. */
    private volatile @Nullable DiskMapping[] windows = new DiskMapping[SMALL_WINDOWS];

    PageFile(Disk disk, String name) {
        this.disk = disk;
        this.name = name;
    }

    /** Opens the file that a snapshot refers to and makes sure that it holds {@code slotCount} slots. */
    void openExisting(int slotCount) throws IOException {
        if (slotCount == 0 && !disk.exists(name)) {
            return;
        }
        DiskFile opened = disk.open(name);
        file = opened;
        int needed = slotCount == 0 ? 0 : windowOf(slotCount - 1) + 1;
        if (opened.size() < endOf(needed - 1)) {
            throw new IOException(
                    name + " has " + opened.size() + " bytes where the snapshot needs " + endOf(needed - 1));
        }
        resize(needed);
    }

    /** Writes entries into a slot, the first of them at {@code index} within the page. */
    void write(int slot, int index, ByteBuffer entries) throws IOException {
        DiskFile target = file;
        if (target == null) {
            target = disk.create(name);
            file = target;
        }
        int window = windowOf(slot);
        if (window >= windowCount) {
            if (target.size() < endOf(window)) {
                target.writeFully(endOf(window) - 1, ByteBuffer.allocate(1));
            }
            resize(window + 1);
        }
        target.writeFully((long) slot * PAGE_BYTES + (long) index * ConsumeQueueEntry.BYTES, entries);
    }

    /** Reads the entry at {@code index} of a slot that was written there before. */
    void read(int slot, int index, QueueEntry into) {
        int number = windowOf(slot);
        DiskMapping window = windows[number];
        if (window == null) {
            window = map(number);
        }
        into.load(window.buffer(), (slot - firstOf(number)) * PAGE_BYTES + index * ConsumeQueueEntry.BYTES);
    }

    /**
     * Makes everything written so far survive a loss of power. If that fails once, it fails for ever: what was not forced may be lost although
     * it can still be read, and a later force would not say so. Snapshots then stop until the next start, which finds the last good one.
     */
    void force() throws IOException {
        DiskFile target = file;
        if (target == null) {
            return;
        }
        if (forceFailed) {
            throw new IOException(name + " could not be forced before; what it holds is unknown until the next start");
        }
        try {
            target.force();
        } catch (IOException e) {
            forceFailed = true;
            throw e;
        }
    }

    /** Closes the file. What is mapped stays readable until nobody refers to it: a late reader must not end the process. */
    void close() throws IOException {
        DiskFile target = file;
        if (target != null) {
            target.close();
        }
    }

    static int windowOf(int slot) {
        if (slot < WINDOW_PAGES_FIRST) {
            return 0;
        }
        return slot < WINDOW_PAGES
                ? Integer.SIZE - 1 - Integer.numberOfLeadingZeros(slot) - 1
                : SMALL_WINDOWS - 1 + slot / WINDOW_PAGES;
    }

    static int firstOf(int window) {
        if (window == 0) {
            return 0;
        }
        return window < SMALL_WINDOWS ? 1 << (window + 1) : (window - SMALL_WINDOWS + 1) * WINDOW_PAGES;
    }

    private static long endOf(int window) {
        return (long) firstOf(window + 1) * PAGE_BYTES;
    }

    private synchronized void resize(int count) {
        windowCount = count;
        if (count > windows.length) {
            windows = Arrays.copyOf(windows, Math.max(count, windows.length * 2));
        }
    }

    private synchronized DiskMapping map(int number) {
        DiskMapping known = windows[number];
        DiskFile source = file;
        if (known != null) {
            return known;
        }
        if (source == null) {
            throw new IllegalStateException(name + " is read before anything was written");
        }
        try {
            long start = (long) firstOf(number) * PAGE_BYTES;
            DiskMapping mapped = source.map(start, (int) (endOf(number) - start));
            @Nullable DiskMapping[] copy = windows.clone();
            copy[number] = mapped;
            windows = copy;
            return mapped;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot map " + name, e);
        }
    }
}
