// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.table;

import io.agenamq.protocol.command.DataVersion;
import io.agenamq.protocol.command.JsonBody;
import io.agenamq.protocol.json.JsonWriter;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Named configurations with a version that grows with every change, as clients and name servers compare it.
 *
 * <p>{@link #put} and {@link #remove} decide, append a control record and return the position behind it; the record is applied before they
 * return, and whoever promises durability waits for that position. Deciding and appending happen under one lock, the monitor of the
 * sink, so the version in a record is exactly the next one. Every record carries the whole version: the log tells it even after older records were dropped.
 *
 * <p>Payload, put: format version, data version (three counts), 1 and the configuration as JSON, or 0 to restate the version alone. Payload,
 * remove: format version, data version, name.
 *
 * @param <C> the configuration
 */
public abstract sealed class ConfigTable<C extends JsonBody> implements DerivedState permits TopicTable, GroupTable {

    private static final int FORMAT_VERSION = 1;

    private final String name;
    private final ControlType putType;
    private final ControlType removeType;
    private final ControlSink log;
    private final InstantSource clock;

    /** Changed in {@link #apply} and {@link #load} only. */
    private final ConcurrentMap<String, Entry<C>> entries = new ConcurrentHashMap<>();

    private volatile DataVersion version = DataVersion.NONE;
    /** Of the youngest record that tells the version; under the append lock. */
    private long versionPosition;

    private record Entry<C>(C config, long position) {}

    ConfigTable(String name, ControlType putType, ControlType removeType, ControlSink log, InstantSource clock) {
        this.name = name;
        this.putType = putType;
        this.removeType = removeType;
        this.log = log;
        this.clock = clock;
    }

    /** The configuration of this name, null if there is none. */
    public final @Nullable C get(String configName) {
        Entry<C> entry = entries.get(configName);
        return entry == null ? null : entry.config();
    }

    /** All configurations at this moment, in no order. */
    public final Collection<C> all() {
        List<C> all = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> all.add(entry.config()));
        return all;
    }

    /** How many there are. */
    public final int size() {
        return entries.size();
    }

    /** The version of the table. */
    public final DataVersion version() {
        return version;
    }

    /**
     * Creates or replaces a configuration.
     *
     * @return the position behind the record that says so
     * @throws IllegalArgumentException if the configuration can never be stored
     */
    public final long put(C config) throws AppendRefusedException {
        check(config);
        synchronized (log) {
            return log.append(putType, putPayload(nextVersion(), config));
        }
    }

    /**
     * Removes a configuration, whether there is one or not.
     *
     * @return the position behind the record that says so
     */
    public final long remove(String configName) throws AppendRefusedException {
        synchronized (log) {
            PayloadOutput out = header(nextVersion());
            out.putText(configName);
            return log.append(removeType, out.payload());
        }
    }

    // ---- what the two tables differ in ----

    abstract String nameOf(C config);

    abstract C parse(ByteBuffer json);

    /** Refuses what cannot be applied. */
    abstract void check(C config);

    /** Something else follows from a put. Under the append lock. */
    abstract void applied(C config);

    /** Something else follows from a removal. Under the append lock. */
    abstract void removed(String configName);

    // ---- derived state ----

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void apply(long position, ControlType type, ByteBuffer payload) {
        if (type == putType) {
            StateInput in = new StateInput(payload);
            readVersion(in, position);
            if (in.getByte() != 0) {
                C config = parse(in.getBytes());
                entries.put(nameOf(config), new Entry<>(config, position));
                applied(config);
            }
        } else if (type == removeType) {
            StateInput in = new StateInput(payload);
            readVersion(in, position);
            String configName = in.getText();
            entries.remove(configName);
            removed(configName);
        }
    }

    @Override
    public final void restate(long position, ControlSink out) throws AppendRefusedException {
        for (Entry<C> entry : entries.values()) {
            if (entry.position() < position) {
                restate(entry, out);
            }
        }
        synchronized (log) {
            if (versionPosition < position && !version.equals(DataVersion.NONE)) {
                PayloadOutput alone = header(version);
                alone.putByte(0);
                out.append(putType, alone.payload());
            }
        }
    }

    private void restate(Entry<C> entry, ControlSink out) throws AppendRefusedException {
        synchronized (log) {
            if (entry.equals(entries.get(nameOf(entry.config())))) {
                out.append(putType, putPayload(version, entry.config()));
            }
        }
    }

    @Override
    public final Capture capture() {
        DataVersion capturedVersion = version;
        long capturedPosition = versionPosition;
        List<Entry<C>> captured = List.copyOf(entries.values());
        return out -> {
            out.putByte(FORMAT_VERSION);
            write(capturedVersion, out);
            out.putCount(capturedPosition);
            out.putCount(captured.size());
            for (Entry<C> entry : captured) {
                out.putCount(entry.position());
                out.putBytes(json(entry.config()));
            }
        };
    }

    @Override
    public final void load(StateInput in) {
        version = readVersion(in);
        versionPosition = in.getCount();
        int count = in.getCount(2);
        for (int i = 0; i < count; i++) {
            long position = in.getCount();
            C config = parse(in.getBytes());
            entries.put(nameOf(config), new Entry<>(config, position));
        }
    }

    @Override
    public final void clear() {
        entries.clear();
        version = DataVersion.NONE;
        versionPosition = 0;
    }

    @Override
    public final void digest(StringBuilder out) {
        out.append(name)
                .append(" version ")
                .append(version.counter())
                .append('/')
                .append(version.timestamp())
                .append('\n');
        Map<String, Entry<C>> sorted = new TreeMap<>(entries);
        for (Entry<C> entry : sorted.values()) {
            out.append(name).append(' ').append(sortedText(entry.config())).append('\n');
        }
    }

    /** The configuration as text that does not depend on the order of its attributes. */
    abstract String sortedText(C config);

    /** The name in the payload of a removal. */
    public static String removedName(ByteBuffer payload) {
        StateInput in = new StateInput(payload);
        readVersion(in);
        return in.getText();
    }

    // ---- inside ----

    private DataVersion nextVersion() {
        return version.next(clock.millis());
    }

    private ByteBuffer putPayload(DataVersion newVersion, C config) {
        PayloadOutput out = header(newVersion);
        out.putByte(1);
        out.putBytes(json(config));
        return out.payload();
    }

    private static PayloadOutput header(DataVersion newVersion) {
        PayloadOutput out = new PayloadOutput();
        out.putByte(FORMAT_VERSION);
        write(newVersion, out);
        return out;
    }

    private void readVersion(StateInput in, long position) {
        version = readVersion(in);
        versionPosition = position;
    }

    private static void write(DataVersion written, StateOutput out) {
        out.putCount(written.stateVersion());
        out.putCount(written.timestamp());
        out.putCount(written.counter());
    }

    private static DataVersion readVersion(StateInput in) {
        int format = in.getByte();
        if (format != FORMAT_VERSION) {
            throw new CorruptStateException("format " + format + " of a table, this program reads " + FORMAT_VERSION);
        }
        return new DataVersion(in.getCount(), in.getCount(), in.getCount());
    }

    static ByteBuffer json(JsonBody config) {
        JsonWriter json = new JsonWriter();
        config.writeTo(json);
        return json.toBytes();
    }

    static String text(ByteBuffer utf8) {
        return StandardCharsets.UTF_8.decode(utf8).toString();
    }
}
