// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import io.agenamq.store.disk.NoSpaceException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a log in order, and the one that is made ready behind them.
 *
 * <pre>
 *  oldest … … … last (being written) │ next (zeros)
 * </pre>
 *
 * <p>The list is replaced, never changed, so that readers need no lock. {@link #add} and {@link #removeFirst} are called under the append lock.
 * The housekeeper keeps last and next prepared; an append that is faster than that takes the same small steps itself.
 */
final class SegmentList {

    /** Prepared space is forced in portions, so that the flusher's forces get their turn in between. */
    private static final int PREPARED_PER_FORCE_BYTES = 4 * 1024 * 1024;

    private static final int NAME_DIGITS = 20;

    private final Disk disk;
    private final String directory;
    private final int segmentBytes;

    /** Held for making a file. May be taken under the append lock, never the other way round. */
    private final ReentrantLock creating = new ReentrantLock();

    private volatile Segment[] segments;
    /** Set under creating while null; set to null under the append lock, after {@link #segments} has it. */
    private volatile @Nullable Segment next;

    /** Takes over what recovery found; there is at least one. */
    SegmentList(Disk disk, String directory, int segmentBytes, List<Segment> found, @Nullable Segment next) {
        this.disk = disk;
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.segments = found.toArray(Segment[]::new);
        this.next = next;
    }

    /** The file name of the segment that starts at a position. */
    static String fileName(String directory, long start) {
        String digits = Long.toString(start);
        return directory + "/" + "0".repeat(NAME_DIGITS - digits.length()) + digits;
    }

    /** The position in a name without its directory, -1 if it is no segment's. */
    static long start(String name) {
        boolean digits = name.length() == NAME_DIGITS && name.chars().allMatch(c -> c >= '0' && c <= '9');
        try {
            return digits ? Long.parseLong(name) : -1;
        } catch (NumberFormatException tooLarge) {
            return -1;
        }
    }

    /** Makes an empty file for a segment. */
    static Segment create(Disk disk, String directory, long start, int segmentBytes) throws IOException {
        DiskFile file = disk.create(fileName(directory, start));
        return new Segment(file, start, segmentBytes, false);
    }

    /** All that are or were written to, ascending. Not to be changed. */
    Segment[] all() {
        return segments;
    }

    Segment last() {
        Segment[] all = segments;
        return all[all.length - 1];
    }

    /** Bytes prepared behind the last segment. */
    int nextPrepared() {
        Segment following = next;
        return following == null ? 0 : following.prepared();
    }

    /** The segment that holds a position, null if none does. */
    @Nullable
    Segment find(long position) {
        Segment[] all = segments;
        int low = 0;
        int high = all.length - 1;
        // Readers are mostly at the end.
        int middle = high;
        while (low <= high) {
            Segment segment = all[middle];
            if (segment.start() > position) {
                high = middle - 1;
            } else if (segment.end() <= position) {
                low = middle + 1;
            } else {
                return segment;
            }
            middle = (low + high) >>> 1;
        }
        return null;
    }

    /** The segment behind the last one; its file is made if it does not exist. Under the append lock. */
    Segment following() throws IOException {
        Segment ready = next;
        return ready != null ? ready : createNext(last());
    }

    /** Takes {@link #following} into use. Under the append lock. */
    void add(Segment following) {
        Segment[] more = Arrays.copyOf(segments, segments.length + 1);
        more[more.length - 1] = following;
        segments = more;
        next = null;
    }

    /** Forgets the oldest {@code count}. Under the append lock. */
    void removeFirst(int count) {
        segments = Arrays.copyOfRange(segments, count, segments.length);
    }

    /** One step of the housekeeper: zeros in the last and the next segment, forced. */
    void prepareAhead() throws IOException {
        Segment last = last();
        prepareAll(last);
        Segment ready = next;
        prepareAll(ready != null ? ready : createNext(last));
    }

    private void prepareAll(Segment segment) throws IOException {
        int forced = segment.prepared();
        boolean more = true;
        while (more) {
            try {
                more = segment.prepareSlice();
            } catch (NoSpaceException e) {
                link(segment);
                throw e;
            }
            int unforced = segment.prepared() - forced;
            if (unforced >= PREPARED_PER_FORCE_BYTES || (!more && unforced > 0)) {
                segment.file().force();
                forced += unforced;
            }
        }
        link(segment);
    }

    /** Makes the file of the segment behind {@code last}, unless another thread was faster. */
    private Segment createNext(Segment last) throws IOException {
        creating.lock();
        try {
            Segment made = next;
            if (made != null) {
                return made;
            }
            if (last() != last) {
                // An append has made it and taken it into use, while the housekeeper came here.
                return last();
            }
            made = create(disk, directory, last.end(), segmentBytes);
            next = made;
            return made;
        } finally {
            creating.unlock();
        }
    }

    /** Forces what is between two positions, and the names of the files that it lies in. */
    void force(long from, long to) throws IOException {
        for (Segment segment : segments) {
            if (segment.start() < to && segment.end() > from) {
                segment.file().force();
                link(segment);
            }
        }
    }

    /** Makes the segment's name durable, once. */
    void link(Segment segment) throws IOException {
        if (!segment.isLinked()) {
            disk.forceDirectory(directory);
            segment.markLinked();
        }
    }

    /** Closes all files. Mappings stay with those who read. */
    void close() throws IOException {
        for (Segment segment : segments) {
            segment.retire();
        }
        Segment ready = next;
        if (ready != null) {
            ready.retire();
        }
    }
}
