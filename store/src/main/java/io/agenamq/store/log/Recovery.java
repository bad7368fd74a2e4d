// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a crash left: opens the segments, finds the end of the valid log and cuts what is torn behind it. Runs once, before anything
 * else touches the log.
 *
 * <p>The end is the first place, from the durable mark on, where no sound batch stands. What lies behind it is one of two things:
 *
 * <ul>
 *   <li>a <b>torn tail</b>: bytes of appends that were never forced, in any selection. Nobody was told that they are durable. They are replaced
 *       by zeros, so that no later recovery can take a piece of them for a batch;
 *   <li><b>damage</b>: bytes that were durable have changed. It is damage if the end is below the mark, or if a sound batch further on
 *       witnesses that everything up to a place behind the end had been forced when it was written. Then nothing is changed, so that a person or
 *       a replica can help.
 * </ul>
 */
final class Recovery {

    private static final int ZEROS_BYTES = 64 * 1024;

    private final Disk disk;
    private final String directory;
    private final LogConfig config;

    private final List<Segment> segments = new ArrayList<>();
    private long minPosition;
    private long checkedFrom;
    private long end;
    /** What the last sound batch says about how far the log had been forced. */
    private long witnessed;

    private long storeTimestamp;
    private long cutBytes;
    private boolean clean;
    private @Nullable String damage;

    Recovery(Disk disk, String directory, LogConfig config) {
        this.disk = disk;
        this.directory = directory;
        this.config = config;
    }

    /** The segments as the log goes on with them. A new log gets its first one here. */
    SegmentList segmentList() throws IOException {
        List<Segment> found = new ArrayList<>(segments);
        Segment next = null;
        if (damage == null) {
            if (found.size() > 1 && found.get(found.size() - 1).start() > end) {
                next = found.remove(found.size() - 1);
            }
            if (found.isEmpty() || !found.get(found.size() - 1).holds(end)) {
                found.add(SegmentList.create(disk, directory, end, config.segmentBytes()));
            }
        }
        return new SegmentList(disk, directory, config.segmentBytes(), found, next);
    }

    long end() {
        return end;
    }

    long minPosition() {
        return minPosition;
    }

    /** Batches from here on were checked. */
    long checkedFrom() {
        return checkedFrom;
    }

    long storeTimestamp() {
        return storeTimestamp;
    }

    /** What is wrong, null if nothing is. */
    @Nullable
    String damage() {
        return damage;
    }

    RecoveryReport report() {
        return new RecoveryReport(minPosition, checkedFrom, end, cutBytes, clean);
    }

    void run(DurableMark.@Nullable Value mark) throws IOException {
        long knownDurable = mark == null ? 0 : mark.durablePosition();
        minPosition = mark == null ? 0 : mark.minPosition();
        storeTimestamp = mark == null ? 0 : mark.storeTimestamp();
        openSegments(minPosition, knownDurable);
        if (segments.isEmpty()) {
            end = minPosition;
            checkedFrom = minPosition;
            if (knownDurable > minPosition) {
                throw new IOException("the segments of the commit log are gone; it was durable up to position "
                        + knownDurable + ". Restore them, or remove " + directory + " to start with an empty log");
            }
            return;
        }
        Segment first = segments.get(0);
        if (mark != null && first.start() > minPosition) {
            damaged("the segment at position " + minPosition + " is gone");
        }
        minPosition = first.start();
        Segment last = segments.get(segments.size() - 1);
        checkedFrom = Math.max(minPosition, knownDurable);
        if (knownDurable > last.end()) {
            damaged("the log ends before position " + last.end() + ", it was durable up to position " + knownDurable);
            checkedFrom = last.start();
        }
        findEnd(mark != null && mark.clean());
    }

    /** Opens the segments of the log; what a retirement left before them is deleted. */
    private void openSegments(long retiredBelow, long knownDurable) throws IOException {
        List<Long> starts = new ArrayList<>();
        for (String name : disk.list(directory)) {
            long start = SegmentList.start(name);
            if (start >= 0) {
                starts.add(start);
            }
        }
        boolean deleted = false;
        for (int i = 0; i < starts.size(); i++) {
            long start = starts.get(i);
            long nextStart = i + 1 < starts.size() ? starts.get(i + 1) : Long.MAX_VALUE;
            if (nextStart <= retiredBelow) {
                disk.delete(SegmentList.fileName(directory, start));
                deleted = true;
            } else {
                segments.add(openSegment(start, nextStart, knownDurable));
            }
        }
        if (deleted) {
            disk.forceDirectory(directory);
        }
    }

    private Segment openSegment(long start, long nextStart, long knownDurable) throws IOException {
        DiskFile file = disk.open(SegmentList.fileName(directory, start));
        long size = file.size();
        long distance = nextStart - start;
        if (size > LogConfig.SEGMENT_BYTES_MAX || size > distance) {
            file.close();
            throw new IOException(file.name() + " of " + size + " bytes does not belong to this log");
        }
        // A segment is made full before the log goes on in the next one, so its length tells whether a neighbour is
        // missing.
        if (nextStart <= knownDurable && size != distance) {
            damaged("a segment is missing, or shortened, between positions " + (start + size) + " and " + nextStart);
        }
        int capacity = (int) Math.min(distance, Math.max(size, config.segmentBytes()));
        return new Segment(file, start, capacity, true);
    }

    private void findEnd(boolean markIsClean) throws IOException {
        int index = indexOf(checkedFrom);
        SegmentReader reader = new SegmentReader();
        end = checkedFrom;
        while (segments.get(index).holds(end)) {
            Segment segment = segments.get(index);
            if (!followBatches(reader.reset(segment))) {
                break;
            }
            if (segment.end() != end) {
                segments.set(index, new Segment(segment.file(), segment.start(), (int) (end - segment.start()), true));
            }
            if (index + 1 == segments.size()) {
                break;
            }
            index++;
        }
        clean = markIsClean && damage == null && end == checkedFrom && nothingAt(reader);
        if (damage == null && !clean) {
            tellDamageFromTornTail(reader, index);
        }
    }

    /**
     * Moves the end to where the first batch that is not sound would be, or, if this segment ends properly, to where it says that the next one
     * starts. True in the latter case.
     */
    private boolean followBatches(SegmentReader reader) throws IOException {
        long start = reader.segment().start();
        boolean ended = false;
        while (!ended && reader.isSound((int) (end - start))) {
            ByteBuffer window = reader.window();
            int header = reader.index((int) (end - start));
            ended = BatchHeader.endsSegment(window, header);
            witnessed = Math.max(witnessed, BatchHeader.witnessedPosition(window, header));
            if (!ended) {
                storeTimestamp =
                        Math.max(storeTimestamp, MessageRecord.storeTimestamp(window, header + BatchHeader.BYTES));
            }
            end += BatchHeader.length(window, header);
        }
        return ended;
    }

    /** After a clean stop there is nothing where the next batch would be. */
    private boolean nothingAt(SegmentReader reader) throws IOException {
        Segment last = segments.get(indexOf(end));
        return last.holds(end)
                ? reader.reset(last).isZero((int) (end - last.start()), BatchHeader.BYTES)
                : last.end() == end;
    }

    private void tellDamageFromTornTail(SegmentReader reader, int endIndex) throws IOException {
        for (int i = endIndex; i < segments.size(); i++) {
            reader.reset(segments.get(i));
            int at = (int) Math.max(0, end - segments.get(i).start());
            for (at = reader.firstClaim(at); at < reader.size(); at = reader.firstClaim(at)) {
                if (!reader.isSound(at)) {
                    at++;
                    continue;
                }
                long witnessed = BatchHeader.witnessedPosition(reader.window(), reader.index(at));
                if (witnessed > end) {
                    damaged("no sound batch at position " + end
                            + ", though a later one proves that the log was durable up to position " + witnessed);
                    return;
                }
                at += BatchHeader.storedBytes(reader.window(), reader.index(at));
            }
        }
        cut(reader);
    }

    private void cut(SegmentReader reader) throws IOException {
        boolean deleted = false;
        for (int i = segments.size() - 1; i >= 0 && segments.get(i).start() > end; i--) {
            Segment segment = segments.get(i);
            int dirty = reader.reset(segment).endOfNonZero(0);
            cutBytes += dirty;
            // The untouched segment behind the one with the end is what the housekeeper prepared; it is used next.
            boolean useful = dirty == 0
                    && i > 0
                    && segments.get(i - 1).holds(end)
                    && segments.get(i - 1).end() == segment.start();
            if (!useful) {
                segments.remove(i);
                segment.retire();
                disk.delete(segment.file().name());
                deleted = true;
            }
        }
        if (deleted) {
            disk.forceDirectory(directory);
        }
        int endIndex = indexOf(end);
        Segment segment = segments.get(endIndex);
        if (segment.holds(end)) {
            int at = (int) (end - segment.start());
            int dirtyEnd = reader.reset(segment).endOfNonZero(at);
            cutBytes += dirtyEnd - at;
            zero(segment, at, dirtyEnd);
        }
        makeDurable(reader, endIndex);
    }

    /**
     * The batches before the end can be read, but that may be the page cache talking: nobody knows whether they were forced, or even whether
     * forcing them failed, after which a second force would succeed without doing anything. So the bytes that no witness speaks for are written
     * again before they are forced.
     */
    private void makeDurable(SegmentReader reader, int endIndex) throws IOException {
        long from = Math.max(checkedFrom, witnessed);
        for (int i = indexOf(checkedFrom); i <= endIndex; i++) {
            Segment segment = segments.get(i);
            int start = (int) Math.max(0, from - segment.start());
            reader.reset(segment).rewrite(start, (int) Math.min(segment.prepared(), end - segment.start()));
            if (segment.end() <= end) {
                makeFull(reader, segment);
            }
            segment.file().force();
        }
        disk.forceDirectory(directory);
    }

    /** The length of a segment that the log has left is as durable as its end; see {@link #openSegment}. */
    private static void makeFull(SegmentReader reader, Segment segment) throws IOException {
        int last = segment.capacity() - 1;
        if (segment.prepared() > last) {
            reader.rewrite(last, last + 1);
        } else {
            segment.file().writeFully(last, ByteBuffer.allocate(1));
        }
    }

    private static void zero(Segment segment, int from, int to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
        int at = from;
        while (at < to) {
            zeros.clear().limit(Math.min(ZEROS_BYTES, to - at));
            segment.file().writeFully(at, zeros);
            at += zeros.position();
        }
    }

    /** Index of the last segment that starts at or before {@code position}. */
    private int indexOf(long position) {
        int index = segments.size() - 1;
        while (index > 0 && segments.get(index).start() > position) {
            index--;
        }
        return index;
    }

    private void damaged(String what) {
        if (damage == null) {
            damage = what;
        }
    }
}
