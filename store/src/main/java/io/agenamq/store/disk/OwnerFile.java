// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A small file that only its owner may read, and that is replaced as a whole: readers see what was there before or what is there now, also
 * after a crash. Several processes may change it; a lock file beside it lets one of them at a time.
 *
 * <p>Not part of a {@link Disk}: it is changed by people while a store is open. Any thread.
 */
public final class OwnerFile {

    /** More is no file that a person made. */
    private static final int BYTES_MAX = 16 * 1024 * 1024;

    private final Path path;

    /** The file at a path; neither it nor its directory need exist. */
    public OwnerFile(Path path) {
        this.path = path.toAbsolutePath();
    }

    /** The content, empty if there is no such file. */
    public byte[] read() throws IOException {
        try {
            if (Files.size(path) > BYTES_MAX) {
                throw new IOException(path + " is longer than " + BYTES_MAX + " bytes");
            }
            return Files.readAllBytes(path);
        } catch (NoSuchFileException none) {
            return new byte[0];
        }
    }

    /** What is another text after every change; the empty text if there is no such file. Costs no reading. */
    public String version() throws IOException {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        } catch (NoSuchFileException none) {
            return "";
        }
    }

    /**
     * Replaces the content by what {@code change} makes of it, durably.
     *
     * @throws IOException if it cannot be written, or somebody else is changing it at the same moment
     */
    public void change(UnaryOperator<byte[]> change) throws IOException {
        Path directory = path.getParent();
        if (directory == null) {
            throw new IOException(path + " is a directory");
        }
        Files.createDirectories(directory);
        Path lockPath = directory.resolve(path.getFileName() + ".lock");
        try (FileChannel locked = open(lockPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = tryLock(locked)) {
            if (lock == null) {
                throw new IOException(path + " is being changed by somebody else; try again");
            }
            Path fresh = directory.resolve(path.getFileName() + ".new");
            // What a crash left.
            Files.deleteIfExists(fresh);
            try (FileChannel out = open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(change.apply(read()));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
                entries.force(true);
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException anotherThread) {
            return null;
        }
    }

    /** Opens a file that, if it is made, is made for its owner alone. */
    private static FileChannel open(Path path, OpenOption... options) throws IOException {
        Set<OpenOption> wanted = Set.of(options);
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            FileAttribute<Set<PosixFilePermission>> owner =
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            return FileChannel.open(path, wanted, owner);
        }
        FileChannel channel = FileChannel.open(path, wanted);
        // Without POSIX permissions the directory's own rules must do; this takes away what can be taken.
        var unused = path.toFile().setReadable(false, false) && path.toFile().setReadable(true, true);
        return channel;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
