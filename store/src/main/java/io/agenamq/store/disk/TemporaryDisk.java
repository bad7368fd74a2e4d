// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A folder among the system's temporary files, for a store that does not outlive its process. Nothing is forced, because nobody will look for it
 * after a crash; {@link #close} deletes everything.
 *
 * <p>What a process that was killed has left is deleted when the next one makes such a folder.
 */
public final class TemporaryDisk implements Disk {

    private static final String PREFIX = "agena-embedded-";

    /** A folder that is younger may be one that another process has made and not locked yet. */
    private static final Duration LEFT_BEHIND = Duration.ofHours(1);

    private final Path root;
    private final FileDisk disk;
    private final AtomicBoolean deleted = new AtomicBoolean();

    private TemporaryDisk(Path root, FileDisk disk) {
        this.root = root;
        this.disk = disk;
    }

    /**
     * A new folder, which only its owner may read.
     *
     * @param now to tell folders that were left behind from those of others
     */
    public static TemporaryDisk make(Instant now) throws IOException {
        Path root = Files.createTempDirectory(PREFIX);
        Path parent = root.getParent();
        if (parent != null) {
            sweep(parent, now);
        }
        return new TemporaryDisk(root, FileDisk.at(root));
    }

    /** The same in a folder of the caller's choice. */
    static TemporaryDisk make(Path parent, Instant now) throws IOException {
        Path root = Files.createTempDirectory(parent, PREFIX);
        sweep(parent, now);
        return new TemporaryDisk(root, FileDisk.at(root));
    }

    /** Where it is. */
    public Path root() {
        return root;
    }

    private static void sweep(Path parent, Instant now) throws IOException {
        try (var folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path folder : folders) {
                try {
                    if (Files.getLastModifiedTime(folder).toInstant().isBefore(now.minus(LEFT_BEHIND))) {
                        FileDisk nobodys = FileDisk.at(folder);
                        nobodys.lock();
                        nobodys.close();
                        delete(folder);
                    }
                } catch (IOException inUse) {
                    // Somebody else's, or being deleted by somebody else: either way none of ours.
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Deletes everything, also what is open: on the way out of the process. */
    public void delete() throws IOException {
        if (deleted.compareAndSet(false, true)) {
            delete(root);
        }
    }

    @Override
    public void close() throws IOException {
        disk.close();
        delete();
    }

    @Override
    public boolean exists(String name) {
        return disk.exists(name);
    }

    @Override
    public void createDirectory(String name) throws IOException {
        disk.createDirectory(name);
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new UnforcedFile(disk.create(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new UnforcedFile(disk.open(name));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void forceDirectory(String directory) {
        // Nothing is to survive.
    }

    @Override
    public long freeBytes() throws IOException {
        return disk.freeBytes();
    }

    @Override
    public long totalBytes() throws IOException {
        return disk.totalBytes();
    }

    @Override
    public void lock() throws IOException {
        disk.lock();
    }

    @Override
    public String toString() {
        return root.toString();
    }

    /** A file that is not forced. */
    private record UnforcedFile(DiskFile file) implements DiskFile {

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public int write(long at, ByteBuffer from) throws IOException {
            return file.write(at, from);
        }

        @Override
        public int read(long at, ByteBuffer into) throws IOException {
            return file.read(at, into);
        }

        /** Nothing is to survive; only a file that is closed is still an error. */
        @Override
        public void force() throws IOException {
            var unused = file.size();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public DiskMapping map(long at, int length) throws IOException {
            return file.map(at, length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
