// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that is as nasty as {@link Disk} allows. It keeps apart what was written and what was forced, and at a crash anything may
 * have become of the difference:
 *
 * <ul>
 *   <li>{@link #restart}: every write that was not forced survives, is lost, or survives in pieces of any size, independently of the others;
 *       every file that was created, renamed or deleted without forcing its directory may be so or not;
 *   <li>{@link #restartLosingAll}: nothing survives that was not forced;
 *   <li>{@link #restartKeepingAll}: everything survives: the process has died, not the machine.
 * </ul>
 *
 * <p>Each operation that changes something is counted; {@link #crashAt} stops the machine in the middle of a given one: what it does may survive
 * like any other unforced change, and every later operation throws {@link SimulatedCrash} as well, until a restart. Handles from before do not
 * work afterwards.
 *
 * <p>It also fills up, fails writes and forces (what was to be forced is then lost for good, though it can still be read, as on Linux), writes less
 * than it was asked to, and lets a test change bytes behind everybody's back. A mapping that was given back shows nonsense, so that a use after
 * that is seen. Any thread.
 */
public final class SimulatedDisk implements Disk {

    private static final byte UNMAPPED = (byte) 0xDB;
    private static final long NEVER = Long.MAX_VALUE;

    /** All files by name, as programs see them. */
    private final Map<String, Inode> names = new TreeMap<>();
    /** All files by name, as they are for sure after a crash. */
    private Map<String, Inode> forcedNames = new TreeMap<>();
    /** What has happened to names since their directories were forced, in order. */
    private List<NameChange> nameChanges = new ArrayList<>();

    private final Set<String> directories = new HashSet<>(Set.of(""));

    private long operations;
    private long crashAt = NEVER;
    private boolean crashed;
    private int generation;
    private boolean locked;

    private long capacityBytes = Long.MAX_VALUE / 2;
    private int forcesToFail;
    private int writesToFail;
    private @Nullable Random shortWrites;

    /** The content of a file, whatever its name. */
    private static final class Inode {
        byte[] current = new byte[0];
        int size;
        byte[] forced = new byte[0];
        int forcedSize;
        List<Change> unforced = new ArrayList<>();
        final List<SimulatedMapping> mappings = new ArrayList<>();
    }

    /** A write, or with {@code bytes == null} a truncation to {@code at}. */
    private static final class Change {
        final int at;
        final byte @Nullable [] bytes;

        Change(int at, byte @Nullable [] bytes) {
            this.at = at;
            this.bytes = bytes;
        }
    }

    /** {@code from == null}: created; {@code to == null}: deleted; both: renamed. */
    private record NameChange(@Nullable String from, @Nullable String to, Inode inode) {
        boolean isIn(String directory) {
            return (from != null && directoryOf(from).equals(directory))
                    || (to != null && directoryOf(to).equals(directory));
        }

        void applyTo(Map<String, Inode> map) {
            if (from != null) {
                map.remove(from, inode);
            }
            if (to != null) {
                map.put(to, inode);
            }
        }
    }

    /** An empty disk of nearly infinite size. */
    public SimulatedDisk() {}

    // What a test does to the disk.

    /** How many changing operations there were since the disk was made. */
    public synchronized long operations() {
        return operations;
    }

    /** Stops the machine during the operation with this number, counted from 1 like {@link #operations}. */
    public synchronized void crashAt(long operation) {
        crashAt = operation;
    }

    /** Stops the machine now. */
    public synchronized void crash() {
        crashed = true;
    }

    /** Whether the machine has stopped. */
    public synchronized boolean isCrashed() {
        return crashed;
    }

    /** Starts the machine again; of what was not forced, {@code random} decides. */
    public synchronized void restart(Random random) {
        // Some file systems order changes of names, some do not: either a prefix survives, or any of them.
        boolean ordered = random.nextBoolean();
        int prefix = random.nextInt(nameChanges.size() + 1);
        for (int i = 0; i < nameChanges.size(); i++) {
            if (ordered ? i < prefix : random.nextBoolean()) {
                nameChanges.get(i).applyTo(forcedNames);
            }
        }
        // How much is lost differs as well: mostly everything, mostly nothing, or half.
        int survival = random.nextInt(101);
        for (Inode inode : forcedNames.values()) {
            for (Change change : inode.unforced) {
                survive(inode, change, random, survival);
            }
        }
        start();
    }

    /** Starts the machine again, with only what was forced. */
    public synchronized void restartLosingAll() {
        start();
    }

    /** Starts the process again; the machine has not stopped, so everything can be read, and nothing more is forced than before. */
    public synchronized void restartKeepingAll() {
        names.values().forEach(inode -> inode.mappings.clear());
        begin();
    }

    private static void survive(Inode inode, Change change, Random random, int percent) {
        byte[] bytes = change.bytes;
        if (bytes == null) {
            if (random.nextInt(100) < percent) {
                apply(inode, change, 0, 0);
            }
        } else if (random.nextInt(3) == 0) {
            // Torn: pieces of any length, each with its own fate.
            for (int from = 0; from < bytes.length; ) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(random.nextBoolean() ? 16 : 600));
                if (random.nextInt(100) < percent) {
                    apply(inode, change, from, to);
                }
                from = to;
            }
        } else if (random.nextInt(100) < percent) {
            apply(inode, change, 0, bytes.length);
        }
    }

    /** Makes a change, or a piece of it, durable. */
    private static void apply(Inode inode, Change change, int from, int to) {
        byte[] bytes = change.bytes;
        if (bytes == null) {
            if (change.at < inode.forcedSize) {
                Arrays.fill(inode.forced, change.at, inode.forcedSize, (byte) 0);
                inode.forcedSize = change.at;
            }
            return;
        }
        inode.forced = grown(inode.forced, change.at + to);
        System.arraycopy(bytes, from, inode.forced, change.at + from, to - from);
        inode.forcedSize = Math.max(inode.forcedSize, change.at + to);
    }

    private void start() {
        names.clear();
        names.putAll(forcedNames);
        nameChanges = new ArrayList<>();
        for (Inode inode : forcedNames.values()) {
            inode.current = inode.forced.clone();
            inode.size = inode.forcedSize;
            inode.unforced = new ArrayList<>();
            inode.mappings.clear();
        }
        begin();
    }

    /** Handles from before do not work any more, and the disk does what it is told again. */
    private void begin() {
        generation++;
        locked = false;
        crashed = false;
        crashAt = NEVER;
        forcesToFail = 0;
        writesToFail = 0;
    }

    /** From now on the disk holds this much. */
    public synchronized void capacity(long bytes) {
        capacityBytes = bytes;
    }

    /** Bytes in use by files. */
    public synchronized long usedBytes() {
        return names.values().stream().distinct().mapToLong(inode -> inode.size).sum();
    }

    /** Lets the next {@code count} forces of files fail, and lose what they should have forced. */
    public synchronized void failForces(int count) {
        forcesToFail = count;
    }

    /** Lets the next {@code count} writes fail after a part of them has been done. */
    public synchronized void failWrites(int count) {
        writesToFail = count;
    }

    /** From now on a write may write less than it could. */
    public synchronized void shortWrites(Random random) {
        shortWrites = random;
    }

    /** Changes one bit of a file, for programs and for good. */
    public synchronized void flipBit(String name, long at, int bit) {
        Inode inode = inode(name);
        byte flipped = (byte) (inode.current[(int) at] ^ 1 << bit);
        overwrite(name, at, new byte[] {flipped});
    }

    /** Changes bytes of a file, for programs and for good. */
    public synchronized void overwrite(String name, long at, byte[] bytes) {
        Inode inode = inode(name);
        Change change = new Change((int) at, bytes.clone());
        write(inode, (int) at, bytes);
        apply(inode, change, 0, bytes.length);
    }

    /** A copy of a file as programs see it. */
    public synchronized byte[] bytes(String name) {
        Inode inode = inode(name);
        return Arrays.copyOf(inode.current, inode.size);
    }

    /** Names of all files. */
    public synchronized Set<String> files() {
        return new HashSet<>(names.keySet());
    }

    /** A second disk with the same forced content, as if the machine had stopped and lost everything else. */
    public synchronized SimulatedDisk copyOfForced() {
        SimulatedDisk copy = new SimulatedDisk();
        Map<Inode, Inode> copies = new LinkedHashMap<>();
        forcedNames.forEach((name, inode) -> copy.forcedNames.put(name, copies.computeIfAbsent(inode, original -> {
            Inode made = new Inode();
            made.forced = original.forced.clone();
            made.forcedSize = original.forcedSize;
            return made;
        })));
        copy.directories.addAll(directories);
        copy.start();
        return copy;
    }

    private Inode inode(String name) {
        Inode inode = names.get(name);
        if (inode == null) {
            throw new IllegalArgumentException("no file " + name + " among " + names.keySet());
        }
        return inode;
    }

    // What a program does with the disk.

    /** Counts a changing operation; true if the machine stops during it. */
    private boolean stopsDuringNextOperation() {
        alive();
        operations++;
        if (operations == crashAt) {
            crashed = true;
        }
        return crashed;
    }

    private void alive() {
        if (crashed) {
            throw new SimulatedCrash("before operation " + operations);
        }
    }

    private void stopIf(boolean stops) {
        if (stops) {
            throw new SimulatedCrash("during operation " + operations);
        }
    }

    @Override
    public synchronized boolean exists(String name) {
        alive();
        return names.containsKey(DiskName.file(name)) || directories.contains(name);
    }

    @Override
    public synchronized void createDirectory(String name) {
        alive();
        DiskName.file(name);
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            directories.add(name.substring(0, slash));
        }
        directories.add(name);
    }

    @Override
    public synchronized DiskFile create(String name) throws IOException {
        DiskName.file(name);
        if (!directories.contains(directoryOf(name))) {
            throw new NoSuchFileException(name);
        }
        if (names.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        boolean stops = stopsDuringNextOperation();
        Inode inode = new Inode();
        change(new NameChange(null, name, inode));
        stopIf(stops);
        return new SimulatedFile(name, inode);
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        alive();
        Inode inode = names.get(DiskName.file(name));
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        return new SimulatedFile(name, inode);
    }

    @Override
    public synchronized List<String> list(String directory) {
        alive();
        DiskName.directory(directory);
        List<String> found = new ArrayList<>();
        for (String name : names.keySet()) {
            if (directoryOf(name).equals(directory)) {
                found.add(name.substring(name.lastIndexOf('/') + 1));
            }
        }
        found.sort(null);
        return found;
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        Inode inode = names.get(DiskName.file(name));
        alive();
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        boolean stops = stopsDuringNextOperation();
        change(new NameChange(name, null, inode));
        stopIf(stops);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        alive();
        Inode inode = names.get(DiskName.file(from));
        DiskName.file(to);
        if (inode == null) {
            throw new NoSuchFileException(from);
        }
        boolean stops = stopsDuringNextOperation();
        change(new NameChange(from, to, inode));
        stopIf(stops);
    }

    private void change(NameChange change) {
        nameChanges.add(change);
        change.applyTo(names);
    }

    @Override
    public synchronized void forceDirectory(String directory) throws IOException {
        if (!directories.contains(DiskName.directory(directory))) {
            throw new FileNotFoundException(directory);
        }
        stopIf(stopsDuringNextOperation());
        List<NameChange> left = new ArrayList<>();
        for (NameChange change : nameChanges) {
            if (change.isIn(directory)) {
                change.applyTo(forcedNames);
            } else {
                left.add(change);
            }
        }
        nameChanges = left;
    }

    @Override
    public synchronized long freeBytes() {
        alive();
        return Math.max(0, capacityBytes - usedBytes());
    }

    @Override
    public synchronized long totalBytes() {
        alive();
        return capacityBytes;
    }

    @Override
    public synchronized void lock() throws IOException {
        alive();
        if (locked) {
            throw new StoreInUseException("(simulated)", ProcessHandle.current().pid());
        }
        locked = true;
    }

    @Override
    public synchronized void close() {
        locked = false;
    }

    private static String directoryOf(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    private static byte[] grown(byte[] bytes, int size) {
        return bytes.length >= size ? bytes : Arrays.copyOf(bytes, Math.max(size, 2 * bytes.length));
    }

    /** Changes what programs see. */
    private static void write(Inode inode, int at, byte[] bytes) {
        inode.current = grown(inode.current, at + bytes.length);
        System.arraycopy(bytes, 0, inode.current, at, bytes.length);
        inode.size = Math.max(inode.size, at + bytes.length);
        inode.mappings.forEach(mapping -> mapping.written(at, bytes));
    }

    private final class SimulatedFile implements DiskFile {

        private final String name;
        private final Inode inode;
        private final int opened = generation;
        private boolean closed;

        SimulatedFile(String name, Inode inode) {
            this.name = name;
            this.inode = inode;
        }

        private void usable() throws IOException {
            alive();
            if (opened != generation) {
                throw new SimulatedCrash("since " + name + " was opened");
            }
            if (closed) {
                throw new ClosedChannelException();
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int write(long at, ByteBuffer from) throws IOException {
            synchronized (SimulatedDisk.this) {
                usable();
                if (!from.hasRemaining()) {
                    return 0;
                }
                boolean stops = stopsDuringNextOperation();
                int wanted = from.remaining();
                Random random = shortWrites;
                if (random != null && random.nextInt(4) == 0) {
                    wanted = 1 + random.nextInt(wanted);
                }
                long growth = Math.max(0, at + wanted - inode.size);
                long free = capacityBytes - usedBytes();
                if (growth > free) {
                    wanted -= (int) Math.min(wanted, growth - Math.max(0, free));
                }
                boolean fails = writesToFail > 0;
                if (fails) {
                    writesToFail--;
                    wanted /= 2;
                }
                byte[] bytes = new byte[wanted];
                from.get(bytes);
                if (wanted > 0) {
                    inode.unforced.add(new Change((int) at, bytes));
                    SimulatedDisk.write(inode, (int) at, bytes);
                }
                stopIf(stops);
                if (fails) {
                    throw new IOException("Input/output error while writing " + name);
                }
                if (wanted == 0) {
                    throw new NoSpaceException("no space left on the simulated disk for " + name);
                }
                return wanted;
            }
        }

        @Override
        public int read(long at, ByteBuffer into) throws IOException {
            synchronized (SimulatedDisk.this) {
                usable();
                int count = (int) Math.max(0, Math.min(into.remaining(), inode.size - at));
                into.put(inode.current, (int) Math.min(at, inode.size), count);
                return count;
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (SimulatedDisk.this) {
                usable();
                stopIf(stopsDuringNextOperation());
                List<Change> changes = inode.unforced;
                inode.unforced = new ArrayList<>();
                if (forcesToFail > 0) {
                    // The pages are clean now, whatever the disk holds: a later force succeeds and means nothing.
                    forcesToFail--;
                    throw new IOException("Input/output error while forcing " + name);
                }
                for (Change change : changes) {
                    byte[] bytes = change.bytes;
                    SimulatedDisk.apply(inode, change, 0, bytes == null ? 0 : bytes.length);
                }
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (SimulatedDisk.this) {
                usable();
                return inode.size;
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (SimulatedDisk.this) {
                usable();
                if (size >= inode.size) {
                    return;
                }
                boolean stops = stopsDuringNextOperation();
                inode.unforced.add(new Change((int) size, null));
                Arrays.fill(inode.current, (int) size, inode.size, (byte) 0);
                inode.size = (int) size;
                stopIf(stops);
            }
        }

        @Override
        public DiskMapping map(long at, int length) throws IOException {
            synchronized (SimulatedDisk.this) {
                usable();
                if (at + length > inode.size) {
                    throw new IOException(name + " has " + inode.size + " bytes, cannot map up to " + (at + length));
                }
                SimulatedMapping mapping = new SimulatedMapping(
                        inode, (int) at, Arrays.copyOfRange(inode.current, (int) at, (int) at + length));
                inode.mappings.add(mapping);
                return mapping;
            }
        }

        @Override
        public void close() {
            synchronized (SimulatedDisk.this) {
                closed = true;
            }
        }
    }

    /** A copy that every write is repeated in. */
    private final class SimulatedMapping implements DiskMapping {

        private final Inode inode;
        private final int start;
        private final byte[] bytes;
        private boolean unmapped;

        SimulatedMapping(Inode inode, int start, byte[] bytes) {
            this.inode = inode;
            this.start = start;
            this.bytes = bytes;
        }

        void written(int at, byte[] written) {
            int from = Math.max(at, start);
            int to = Math.min(at + written.length, start + bytes.length);
            if (from < to) {
                System.arraycopy(written, from - at, bytes, from - start, to - from);
            }
        }

        @Override
        public ByteBuffer buffer() {
            return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
        }

        @Override
        public void unmap() {
            synchronized (SimulatedDisk.this) {
                if (unmapped) {
                    throw new IllegalStateException("unmapped twice");
                }
                unmapped = true;
                inode.mappings.remove(this);
                Arrays.fill(bytes, UNMAPPED);
            }
        }
    }
}
