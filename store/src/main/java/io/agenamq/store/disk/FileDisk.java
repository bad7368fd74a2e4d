// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the operating system.
 *
 * <p>An interrupt during a channel operation closes the channel for every thread. The store's own threads are never interrupted, but an
 * append runs on its caller's thread, so a file whose channel was closed that way is opened again and the operation repeated; the interrupt
 * stays pending for the caller.
 *
 * <p>Mappings are given back explicitly, because a deleted segment keeps its space as long as it is mapped. Where the running JDK does not
 * allow that, the garbage collector does it later.
 */
public final class FileDisk implements Disk {

    private static final String LOCK_FILE = "lock";
    private static final String NO_SPACE = "No space left on device";
    private static final String OVER_QUOTA = "Disk quota exceeded";
    /** With less than this free, a failed write is taken for a full disk even if its message is in another language. */
    private static final long FULL_BELOW_BYTES = 64 * 1024;

    /**
     * Directories that this process has locked. It must be known process-wide: the system's file locks belong to the process, and closing a
     * second channel of the lock file, even one that failed to lock, would drop the lock that the first one holds.
     */
    private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

    private final Path root;
    private @Nullable FileChannel lockChannel;

    private FileDisk(Path root) {
        this.root = root;
    }

    /** The disk in directory {@code root}, which is made if it does not exist. */
    public static FileDisk at(Path root) throws IOException {
        Files.createDirectories(root);
        return new FileDisk(root.toRealPath());
    }

    /** The directory. */
    public Path root() {
        return root;
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(root.resolve(DiskName.file(name)));
    }

    @Override
    public void createDirectory(String name) throws IOException {
        // One level at a time, each forced into the one above it before the next.
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            createOneDirectory(name.substring(0, slash));
        }
        createOneDirectory(name);
    }

    private void createOneDirectory(String name) throws IOException {
        Path directory = root.resolve(DiskName.file(name));
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectory(directory);
        } catch (IOException e) {
            throw translated(e, name);
        }
        int slash = name.lastIndexOf('/');
        forceDirectory(slash < 0 ? "" : name.substring(0, slash));
    }

    @Override
    public DiskFile create(String name) throws IOException {
        Path path = root.resolve(DiskName.file(name));
        try {
            return new RealFile(
                    name,
                    path,
                    FileChannel.open(
                            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw translated(e, name);
        }
    }

    @Override
    public DiskFile open(String name) throws IOException {
        Path path = root.resolve(DiskName.file(name));
        return new RealFile(name, path, openExisting(path));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        Path path = root.resolve(DiskName.directory(directory));
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(path)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    if (Files.isRegularFile(entry)) {
                        names.add(entry.getFileName().toString());
                    }
                }
            }
        }
        names.sort(null);
        return names;
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(root.resolve(DiskName.file(name)));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        try {
            Files.move(
                    root.resolve(DiskName.file(from)),
                    root.resolve(DiskName.file(to)),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw translated(e, to);
        }
    }

    @Override
    public void forceDirectory(String directory) throws IOException {
        force(root.resolve(DiskName.directory(directory)));
    }

    @Override
    public long freeBytes() throws IOException {
        return fileStore().getUsableSpace();
    }

    @Override
    public long totalBytes() throws IOException {
        return fileStore().getTotalSpace();
    }

    @Override
    public void lock() throws IOException {
        if (!LOCKED_HERE.add(root)) {
            throw new StoreInUseException(
                    root.toString(), ProcessHandle.current().pid());
        }
        boolean locked = false;
        try {
            FileChannel channel = FileChannel.open(
                    root.resolve(LOCK_FILE),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            try {
                locked = channel.tryLock() != null;
                if (!locked) {
                    throw new StoreInUseException(root.toString(), owner(channel));
                }
                byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(pid), 0);
                lockChannel = channel;
            } finally {
                if (lockChannel != channel) {
                    locked = false;
                    channel.close();
                }
            }
        } finally {
            if (!locked) {
                LOCKED_HERE.remove(root);
            }
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel channel = lockChannel;
        if (channel != null) {
            lockChannel = null;
            channel.close();
            LOCKED_HERE.remove(root);
        }
    }

    @Override
    public String toString() {
        return root.toString();
    }

    private static long owner(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        String digits = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
        return digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9') ? 0 : Long.parseLong(digits);
    }

    private FileStore fileStore() throws IOException {
        return Files.getFileStore(root);
    }

    private static void force(Path directory) throws IOException {
        // Linux allows to open a directory for reading and to force it; there is no other way to make a rename durable
        // from Java.
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static FileChannel openExisting(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private IOException translated(IOException e, String name) {
        String message = String.valueOf(e.getMessage());
        boolean full = message.contains(NO_SPACE) || message.contains(OVER_QUOTA);
        if (!full) {
            try {
                full = freeBytes() < FULL_BELOW_BYTES;
            } catch (IOException unknown) {
                e.addSuppressed(unknown);
            }
        }
        return full ? new NoSpaceException("no space left on the disk for " + root.resolve(name), e) : e;
    }

    private final class RealFile implements DiskFile {

        private final String name;
        private final Path path;
        private volatile FileChannel channel;
        private volatile boolean closed;

        RealFile(String name, Path path, FileChannel channel) {
            this.name = name;
            this.path = path;
            this.channel = channel;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int write(long at, ByteBuffer from) throws IOException {
            int start = from.position();
            try {
                try {
                    return channel.write(from, at);
                } catch (ClosedChannelException e) {
                    return withoutInterrupts(c -> {
                        // An interrupted attempt may have moved the position.
                        from.position(start);
                        return c.write(from, at);
                    });
                }
            } catch (IOException e) {
                throw translated(e, name);
            }
        }

        @Override
        public int read(long at, ByteBuffer into) throws IOException {
            int start = into.position();
            return withoutInterrupts(c -> {
                into.position(start);
                while (into.hasRemaining()) {
                    if (c.read(into, at + into.position() - start) < 0) {
                        break;
                    }
                }
                return into.position() - start;
            });
        }

        @Override
        public void force() throws IOException {
            withoutInterrupts(c -> {
                c.force(false);
                return 0;
            });
        }

        @Override
        public long size() throws IOException {
            return withoutInterrupts(FileChannel::size);
        }

        @Override
        public void truncate(long size) throws IOException {
            withoutInterrupts(c -> {
                c.truncate(size);
                return 0;
            });
        }

        @Override
        public DiskMapping map(long at, int length) throws IOException {
            long size = size();
            if (at + length > size) {
                // The channel would make the file longer, even for a mapping that is only read.
                throw new IOException(path + " has " + size + " bytes, cannot map up to " + (at + length));
            }
            return new RealMapping(withoutInterrupts(c -> c.map(MapMode.READ_ONLY, at, length)));
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            channel.close();
        }

        private <T> T withoutInterrupts(Operation<T> operation) throws IOException {
            boolean interrupted = Thread.interrupted();
            try {
                while (true) {
                    FileChannel current = channel;
                    try {
                        return operation.on(current);
                    } catch (ClosedByInterruptException e) {
                        interrupted |= Thread.interrupted();
                        reopen(current);
                    } catch (ClosedChannelException e) {
                        // Another thread was interrupted inside this channel, or the file was closed for good.
                        if (closed) {
                            throw e;
                        }
                        reopen(current);
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private synchronized void reopen(FileChannel lost) throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (channel == lost) {
                channel = openExisting(path);
            }
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** What is done with a channel; repeated if an interrupt got in its way. */
    private interface Operation<T> {
        T on(FileChannel channel) throws IOException;
    }

    private static final class RealMapping implements DiskMapping {

        private static final @Nullable Object UNSAFE = unsafe();
        private static final @Nullable Method INVOKE_CLEANER = invokeCleaner();

        private final MappedByteBuffer mapped;

        RealMapping(MappedByteBuffer mapped) {
            this.mapped = mapped;
        }

        @Override
        public ByteBuffer buffer() {
            return mapped;
        }

        @Override
        public void unmap() {
            if (INVOKE_CLEANER != null) {
                try {
                    INVOKE_CLEANER.invoke(UNSAFE, mapped);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException("cannot unmap", e);
                }
            }
        }

        private static @Nullable Object unsafe() {
            try {
                Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
                field.setAccessible(true);
                return field.get(null);
            } catch (ReflectiveOperationException | RuntimeException unavailable) {
                return null;
            }
        }

        private static @Nullable Method invokeCleaner() {
            try {
                return UNSAFE == null ? null : UNSAFE.getClass().getMethod("invokeCleaner", ByteBuffer.class);
            } catch (NoSuchMethodException unavailable) {
                return null;
            }
        }
    }
}
