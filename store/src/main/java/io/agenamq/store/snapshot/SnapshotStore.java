// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.snapshot;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import io.agenamq.store.disk.DiskMapping;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.snapshot.DerivedState.Capture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes and loads snapshots: files named after the log position whose state they hold.
 *
 * <pre>
 *  0       4         8          16
 *  +-------+---------+----------+--- per section, in the order of the states ---+-----+
 *  | magic | version | position | name (text) | content … | section end 0x5EC710E5 | … | CRC |
 *  +-------+---------+----------+------------------------------------------------+-----+
 * </pre>
 *
 * The CRC-32C covers everything before it, and is checked before anything is believed. A snapshot of another version, or with other sections, is
 * as good as none.
 *
 * <p>Writing: all states are captured at one position, in one pause of appends that copies next to nothing; the sections are then written while
 * appends go on. The file gets its name only after it, every file it refers to, and the log up to its position are durable. So a snapshot that
 * has a name is whole and is never from the future of the log. Two generations are kept, against damage of the newer one.
 *
 * <p>Loading: the newest that is whole and within what the log still has. Older than the log's start is useless, since what the dropped
 * segments said after it is unknown. On the housekeeper, and during opening and closing of the store.
 */
public final class SnapshotStore {

    /** The folder of snapshots on the disk. */
    public static final String FOLDER = "snapshots";

    private static final int MAGIC = 0xA6E7_A510;
    private static final int VERSION = 1;
    private static final int SECTION_END = 0x5EC7_10E5;
    private static final int HEADER_BYTES = Integer.BYTES + Integer.BYTES + Long.BYTES;
    private static final int CRC_BYTES = Integer.BYTES;

    private static final int GENERATIONS = 2;

    private static final String SUFFIX = ".snapshot";
    private static final String UNFINISHED_SUFFIX = ".tmp";

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStore.class);

    private final Disk disk;
    private final List<DerivedState> states;

    /** Position of the newest snapshot on disk; -1 if there is none. */
    private volatile long newestPosition = -1;

    private volatile long newestBytes;

    /** Snapshots of {@code states}, whose order is the order of the sections. */
    public SnapshotStore(Disk disk, List<? extends DerivedState> states) throws IOException {
        this.disk = disk;
        this.states = List.copyOf(states);
        disk.createDirectory(FOLDER);
    }

    /** Position of the newest snapshot on disk, -1 if there is none. */
    public long newestPosition() {
        return newestPosition;
    }

    /** Length of the newest snapshot that this process wrote or loaded. */
    public long newestBytes() {
        return newestBytes;
    }

    /**
     * Loads the newest snapshot that fits into the log and deletes all that do not.
     *
     * @return the position from which the log must be replayed; the states are empty if that is {@code minPosition} because nothing fits
     */
    public long load(long minPosition, long endPosition) throws IOException {
        List<Long> positions = positions();
        Collections.reverse(positions);
        for (long position : positions) {
            if (newestPosition < 0 && position >= minPosition && position <= endPosition && tryLoad(position)) {
                newestPosition = position;
            } else if (newestPosition < 0 || position < minPosition) {
                disk.delete(path(position));
            }
        }
        for (String name : disk.list(FOLDER)) {
            if (name.endsWith(UNFINISHED_SUFFIX)) {
                disk.delete(FOLDER + "/" + name);
            }
        }
        // A deleted one that came back after the next crash could look valid by then.
        disk.forceDirectory(FOLDER);
        return newestPosition < 0 ? minPosition : newestPosition;
    }

    /**
     * Writes a snapshot of this moment, unless the newest one is of this moment.
     *
     * @throws IOException if it could not be written; the ones before it stay
     */
    public void write(CommitLog log) throws IOException {
        List<Capture> captures = new ArrayList<>(states.size());
        long position = log.exclusively(() -> states.forEach(state -> captures.add(state.capture())));
        if (position == newestPosition) {
            captures.forEach(Capture::abandoned);
            return;
        }
        String unfinished = FOLDER + "/" + position + UNFINISHED_SUFFIX;
        boolean published = false;
        try {
            long bytes = write(captures, position, unfinished);
            log.flush();
            disk.rename(unfinished, path(position));
            disk.forceDirectory(FOLDER);
            newestPosition = position;
            newestBytes = bytes;
            deleteAllButNewest();
            published = true;
        } catch (UncheckedIOException e) {
            deleteUnfinished(unfinished);
            throw new IOException("snapshot at position " + position + ": " + e.getMessage(), e.getCause());
        } catch (IOException e) {
            deleteUnfinished(unfinished);
            throw e;
        } finally {
            captures.forEach(published ? Capture::published : Capture::abandoned);
        }
    }

    /** On a full disk, half a snapshot is in the way. */
    private void deleteUnfinished(String name) {
        try {
            if (disk.exists(name)) {
                disk.delete(name);
            }
        } catch (IOException e) {
            LOG.debug("{} stays until the next start", name, e);
        }
    }

    /** Durably, before the captures hear of the publication: what only a deleted snapshot refers to may be overwritten from then on. */
    private void deleteAllButNewest() throws IOException {
        List<Long> positions = positions();
        if (positions.size() > GENERATIONS) {
            for (long old : positions.subList(0, positions.size() - GENERATIONS)) {
                disk.delete(path(old));
            }
            disk.forceDirectory(FOLDER);
        }
    }

    private long write(List<Capture> captures, long position, String name) throws IOException {
        if (disk.exists(name)) {
            disk.delete(name);
        }
        try (DiskFile file = disk.create(name)) {
            SnapshotOutput out = new SnapshotOutput(file);
            out.putInt(MAGIC);
            out.putInt(VERSION);
            out.putLong(position);
            for (int i = 0; i < captures.size(); i++) {
                out.putText(states.get(i).name());
                captures.get(i).writeTo(out);
                out.putInt(SECTION_END);
            }
            out.finish();
            file.force();
            return out.length();
        }
    }

    /** False if the snapshot is not what it should be; the states are empty then. */
    private boolean tryLoad(long position) throws IOException {
        try (DiskFile file = disk.open(path(position))) {
            long length = file.size();
            if (length < HEADER_BYTES + CRC_BYTES || length > Integer.MAX_VALUE) {
                throw new CorruptStateException("has " + length + " bytes");
            }
            DiskMapping mapping = file.map(0, (int) length);
            try {
                load(position, mapping.buffer());
                newestBytes = length;
                return true;
            } finally {
                mapping.unmap();
            }
        } catch (CorruptStateException e) {
            LOG.warn("snapshot {} is ignored: {}", path(position), e.getMessage(), e);
            states.forEach(DerivedState::clear);
            return false;
        }
    }

    private void load(long position, ByteBuffer content) {
        int end = content.limit() - CRC_BYTES;
        CRC32C checksum = new CRC32C();
        checksum.update(content.slice(0, end));
        if ((int) checksum.getValue() != content.getInt(end)) {
            throw new CorruptStateException("its checksum is wrong");
        }
        StateInput in = new StateInput(content.slice(0, end));
        if (in.getInt() != MAGIC || in.getInt() != VERSION) {
            throw new CorruptStateException("it is of another version");
        }
        if (in.getLong() != position) {
            throw new CorruptStateException("it is of another position");
        }
        for (DerivedState state : states) {
            String name = in.getText();
            if (!name.equals(state.name())) {
                throw new CorruptStateException("it has section '" + name + "' in place of '" + state.name() + "'");
            }
            state.load(in);
            if (in.getInt() != SECTION_END) {
                throw new CorruptStateException("section '" + name + "' has another length");
            }
        }
        if (!in.atEnd()) {
            throw new CorruptStateException("it is too long");
        }
    }

    /** Positions of all snapshots, ascending. */
    private List<Long> positions() throws IOException {
        List<Long> positions = new ArrayList<>();
        for (String name : disk.list(FOLDER)) {
            if (name.endsWith(SUFFIX)) {
                try {
                    positions.add(Long.parseLong(name.substring(0, name.length() - SUFFIX.length())));
                } catch (NumberFormatException e) {
                    LOG.warn("{}/{} is not a snapshot", FOLDER, name);
                }
            }
        }
        Collections.sort(positions);
        return positions;
    }

    private static String path(long position) {
        return String.format("%s/%020d%s", FOLDER, position, SUFFIX);
    }
}
