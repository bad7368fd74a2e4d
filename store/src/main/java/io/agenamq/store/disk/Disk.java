// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * A directory of files that belongs to one store.
 *
 * <p>Names are relative, with {@code /} between directories; every part consists of letters, digits and {@code . _ - %}, and none is
 * {@code .} or {@code ..}. Anything else is an {@link IllegalArgumentException}, so that no text from outside can become a path.
 *
 * <p><b>What survives a crash of the machine</b>: bytes of a file once {@link DiskFile#force} has returned after they were written; the
 * creation, renaming or deletion of a file once {@link #forceDirectory} of its directory has returned afterwards. Of everything else any
 * part may survive, in any order, down to single bytes. A crash of the process alone loses nothing that was written.
 *
 * <p>Any thread may call any method. A full disk is always a {@link NoSpaceException}.
 */
public interface Disk extends Closeable {

    /** Whether a file or directory of this name exists. */
    boolean exists(String name) throws IOException;

    /** Makes a directory and those above it, durably. Does nothing if it exists. */
    void createDirectory(String name) throws IOException;

    /**
     * Makes an empty file.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is one
     */
    DiskFile create(String name) throws IOException;

    /**
     * Opens a file for reading and writing.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    DiskFile open(String name) throws IOException;

    /** Names of the files in a directory, without the directory, sorted. Empty if there is no such directory. {@code ""} is the root. */
    List<String> list(String directory) throws IOException;

    /** Removes a file. Mappings of it stay readable, and its space in use, until they are unmapped. */
    void delete(String name) throws IOException;

    /** Gives a file another name, atomically replacing a file that has it. */
    void rename(String from, String to) throws IOException;

    /** Makes what was created, renamed and deleted in a directory survive a crash. {@code ""} is the root. */
    void forceDirectory(String directory) throws IOException;

    /** Bytes that can still be written. */
    long freeBytes() throws IOException;

    /** Size of the file system. */
    long totalBytes() throws IOException;

    /**
     * Claims the directory for this process until {@link #close} or its death, however it dies.
     *
     * @throws StoreInUseException if another process, or another Disk of this one, has it
     */
    void lock() throws IOException;

    /** Gives up the claim. Open files stay open: their owners close them before. */
    @Override
    void close() throws IOException;
}
