// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import io.agenamq.nameserver.HomeTable.Home;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The homes of destinations in a file, so that a name server that is started while a broker is away knows what lives there. One line for each
 * change, {@code +topic TAB broker} or {@code -topic TAB broker}; a last line without its end is none.
 *
 * <p>One thread writes behind what is asked for, many changes at once, and does not force them: what is lost with the power, the brokers say
 * again when they register, unless they are away at that moment. A disk that refuses is named in the log, once, and nothing more is written. When
 * it is opened, the file is written anew if most of its lines have no effect.
 */
final class HomeFile implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(HomeFile.class);

    private static final String FILE = "homes.txt";
    private static final String FILE_IN_PROGRESS = "homes.txt.new";
    private static final int BYTES_MAX = 256 * 1024 * 1024;
    private static final int IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS_MAX = 10;

    private final @Nullable DiskFile file;
    private final Set<Home> read;
    private final ThreadPoolExecutor writer;

    // Guarded by this.
    private StringBuilder waiting = new StringBuilder();
    private boolean broken;

    /** Belongs to the writer. */
    private long end;

    private HomeFile(@Nullable DiskFile file, Set<Home> read, long end) {
        this.file = file;
        this.read = read;
        this.end = end;
        this.writer =
                new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), task -> {
                    Thread thread = new Thread(task, "agena-nameserver-homes");
                    thread.setDaemon(true);
                    return thread;
                });
        writer.allowCoreThreadTimeOut(true);
    }

    /**
     * Reads what a disk has.
     *
     * @param disk null for memory only
     */
    static HomeFile open(@Nullable Disk disk) throws IOException {
        if (disk == null) {
            return new HomeFile(null, Set.of(), 0);
        }
        Set<Home> homes = new LinkedHashSet<>();
        boolean there = disk.exists(FILE);
        String text = there ? textOf(disk) : "";
        int lines = apply(text, homes);
        if (there && lines <= 2 * homes.size()) {
            DiskFile file = disk.open(FILE);
            // Whole lines only, in bytes.
            long end = text.substring(0, text.lastIndexOf('\n') + 1).getBytes(StandardCharsets.UTF_8).length;
            file.truncate(end);
            return new HomeFile(file, homes, end);
        }
        return writeAnew(disk, homes);
    }

    private static String textOf(Disk disk) throws IOException {
        try (DiskFile file = disk.open(FILE)) {
            if (file.size() > BYTES_MAX) {
                throw new IOException(FILE + " has " + file.size() + " bytes; that is not what a name server wrote");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.readFully(0, bytes);
            return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        }
    }

    /** Answers how many lines there are. What is no line of ours has no effect. */
    private static int apply(String text, Set<Home> homes) {
        int lines = 0;
        int from = 0;
        for (int to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
            int tab = text.indexOf('\t', from);
            if (tab > from + 1 && tab < to) {
                Home home = new Home(text.substring(from + 1, tab), text.substring(tab + 1, to));
                if (text.charAt(from) == '+') {
                    homes.add(home);
                } else {
                    homes.remove(home);
                }
            }
            lines++;
            from = to + 1;
        }
        return lines;
    }

    private static HomeFile writeAnew(Disk disk, Set<Home> homes) throws IOException {
        StringBuilder text = new StringBuilder();
        homes.forEach(home -> line(text, '+', home));
        if (disk.exists(FILE_IN_PROGRESS)) {
            disk.delete(FILE_IN_PROGRESS);
        }
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
        long end = bytes.remaining();
        try (DiskFile anew = disk.create(FILE_IN_PROGRESS)) {
            anew.writeFully(0, bytes);
            anew.force();
        }
        disk.rename(FILE_IN_PROGRESS, FILE);
        disk.forceDirectory("");
        return new HomeFile(disk.open(FILE), homes, end);
    }

    /** What was there when it was opened. */
    List<Home> homes() {
        return new ArrayList<>(read);
    }

    void added(Home home) {
        write('+', home);
    }

    void removed(Home home) {
        write('-', home);
    }

    private static void line(StringBuilder text, char sign, Home home) {
        text.append(sign)
                .append(home.topic())
                .append('\t')
                .append(home.broker())
                .append('\n');
    }

    private void write(char sign, Home home) {
        synchronized (this) {
            if (file == null || broken) {
                return;
            }
            boolean planned = !waiting.isEmpty();
            line(waiting, sign, home);
            if (planned) {
                return;
            }
        }
        try {
            writer.execute(this::writeWaiting);
        } catch (RejectedExecutionException closed) {
            LOG.debug("the home of '{}' came after the end", home.topic());
        }
    }

    private void writeWaiting() {
        ByteBuffer bytes;
        synchronized (this) {
            bytes = StandardCharsets.UTF_8.encode(waiting.toString());
            waiting = new StringBuilder();
        }
        DiskFile to = file;
        if (to == null || !bytes.hasRemaining()) {
            return;
        }
        try {
            int length = bytes.remaining();
            to.writeFully(end, bytes);
            end += length;
        } catch (IOException refused) {
            synchronized (this) {
                broken = true;
            }
            LOG.warn("homes of destinations are not kept any longer: {}", refused.toString());
        }
    }

    /** Waits until what was asked for is written. */
    @Override
    public void close() throws IOException {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IOException("homes could not be written within " + CLOSE_SECONDS_MAX + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (file != null) {
            file.close();
        }
    }
}
