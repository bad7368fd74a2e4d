// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The configuration items of a name server: namespace → key → value.
 *
 * <p>Readers see an immutable map. A change is made by one thread: it writes the whole new map to a file beside the present one, forces it,
 * renames it over the present one, and only then publishes it. So what was answered with success survives a crash, and a crash leaves either
 * the old file or the new one. Without a disk the change is just published.
 *
 * <p>File: {@code kvConfig.json}, {@code {"configTable":{"NS":{"k":"v"}}}}, as RocketMQ writes it.
 */
final class KeyValueTable implements Closeable {

    private static final String FILE = "kvConfig.json";
    private static final String FILE_IN_PROGRESS = "kvConfig.json.new";

    /** More items than this are refused: the file is written as a whole. */
    private static final int ITEM_COUNT_MAX = 10_000;

    private static final int TEXT_LENGTH_MAX = 64 * 1024;

    /** All items together, in characters: they are in memory twice while a change is written, and one answer may hold a whole namespace. */
    private static final int ALL_LENGTH_MAX = 2 * 1024 * 1024;

    /** Each of so many characters takes at most six bytes in JSON; the rest is for quotes and for what RocketMQ may have written. */
    private static final int FILE_BYTES_MAX = 16 * 1024 * 1024;

    private static final int QUEUE_MAX = 1024;
    private static final int IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS_MAX = 10;

    private final @Nullable Disk disk;
    private final ThreadPoolExecutor writer;
    private volatile SortedMap<String, SortedMap<String, String>> items;

    private KeyValueTable(@Nullable Disk disk, SortedMap<String, SortedMap<String, String>> items) {
        this.disk = disk;
        this.items = items;
        this.writer = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE_MAX), task -> {
                    Thread thread = new Thread(task, "agena-nameserver-items");
                    thread.setDaemon(true);
                    return thread;
                });
        writer.allowCoreThreadTimeOut(true);
    }

    /**
     * Reads the items that a disk has.
     *
     * @param disk where they are kept; {@code null} for memory only
     */
    static KeyValueTable open(@Nullable Disk disk) throws IOException {
        return new KeyValueTable(disk, disk == null ? new TreeMap<>() : read(disk));
    }

    private static SortedMap<String, SortedMap<String, String>> read(Disk disk) throws IOException {
        SortedMap<String, SortedMap<String, String>> items = new TreeMap<>();
        if (!disk.exists(FILE)) {
            return items;
        }
        try (DiskFile file = disk.open(FILE)) {
            if (file.size() > FILE_BYTES_MAX) {
                throw new IOException(FILE + " has " + file.size() + " bytes; that is not what a name server wrote");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.readFully(0, bytes);
            JsonReader in = JsonReader.of(bytes.flip());
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                if (name.equals("configTable")) {
                    readNamespaces(in, items);
                } else {
                    in.skip();
                }
            }
        } catch (ProtocolException malformed) {
            throw new IOException(
                    FILE + " in " + disk + " cannot be understood, " + malformed.getMessage()
                            + "; mend it, or remove it to start without configuration items",
                    malformed);
        }
        return items;
    }

    private static void readNamespaces(JsonReader in, SortedMap<String, SortedMap<String, String>> items) {
        in.beginObject();
        for (String namespace = in.nextName(); namespace != null; namespace = in.nextName()) {
            SortedMap<String, String> values = new TreeMap<>();
            in.beginObject();
            for (String key = in.nextName(); key != null; key = in.nextName()) {
                values.put(key, in.textOr(""));
            }
            items.put(namespace, values);
        }
    }

    /** The value of an item, or {@code null}. */
    @Nullable
    String get(String namespace, String key) {
        SortedMap<String, String> values = items.get(namespace);
        return values == null ? null : values.get(key);
    }

    /** The items of a namespace by key, or {@code null} if it has none. */
    @Nullable
    Map<String, String> namespace(String namespace) {
        return items.get(namespace);
    }

    /** Sets an item. The future is completed by the writer, exceptionally if the item could not be kept. */
    CompletableFuture<Void> put(String namespace, String key, String value) {
        if (namespace.length() + key.length() + value.length() > TEXT_LENGTH_MAX) {
            return CompletableFuture.failedFuture(
                    new IOException("a configuration item is longer than " + TEXT_LENGTH_MAX));
        }
        return change(copy -> {
            copy.computeIfAbsent(namespace, name -> new TreeMap<>()).put(key, value);
            checkBounds(copy);
        });
    }

    private static void checkBounds(SortedMap<String, SortedMap<String, String>> all) throws IOException {
        int count = 0;
        long length = 0;
        for (Map.Entry<String, SortedMap<String, String>> namespace : all.entrySet()) {
            length += namespace.getKey().length();
            for (Map.Entry<String, String> item : namespace.getValue().entrySet()) {
                count++;
                length += item.getKey().length() + item.getValue().length();
            }
        }
        if (count > ITEM_COUNT_MAX) {
            throw new IOException("more than " + ITEM_COUNT_MAX + " configuration items");
        }
        if (length > ALL_LENGTH_MAX) {
            throw new IOException("configuration items of more than " + ALL_LENGTH_MAX + " characters together");
        }
    }

    /** Deletes an item, if there is one. */
    CompletableFuture<Void> delete(String namespace, String key) {
        return change(copy -> {
            SortedMap<String, String> values = copy.get(namespace);
            if (values != null && values.remove(key) != null && values.isEmpty()) {
                copy.remove(namespace);
            }
        });
    }

    private interface Change {
        void applyTo(SortedMap<String, SortedMap<String, String>> copy) throws IOException;
    }

    private CompletableFuture<Void> change(Change change) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            writer.execute(() -> {
                try {
                    SortedMap<String, SortedMap<String, String>> copy = new TreeMap<>();
                    items.forEach((namespace, values) -> copy.put(namespace, new TreeMap<>(values)));
                    change.applyTo(copy);
                    if (disk != null) {
                        write(disk, copy);
                    }
                    items = copy;
                    done.complete(null);
                } catch (Throwable e) {
                    // Whatever it is, somebody waits for an answer, and the items are as before.
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new IOException("too many changes wait to be written", e));
        }
        return done;
    }

    private static void write(Disk disk, SortedMap<String, SortedMap<String, String>> all) throws IOException {
        JsonWriter out = new JsonWriter();
        out.beginObject().name("configTable").beginObject();
        all.forEach((namespace, values) -> {
            out.name(namespace).beginObject();
            values.forEach(out::field);
            out.endObject();
        });
        out.endObject().endObject();
        if (disk.exists(FILE_IN_PROGRESS)) {
            disk.delete(FILE_IN_PROGRESS);
        }
        try (DiskFile file = disk.create(FILE_IN_PROGRESS)) {
            file.writeFully(0, out.toBytes());
            file.force();
        }
        disk.rename(FILE_IN_PROGRESS, FILE);
        disk.forceDirectory("");
    }

    /** Waits until the changes that were asked for are made. */
    @Override
    public void close() throws IOException {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IOException("configuration items could not be written within " + CLOSE_SECONDS_MAX + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
