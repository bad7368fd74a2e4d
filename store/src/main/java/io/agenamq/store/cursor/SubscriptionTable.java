// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.DerivedState;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import io.agenamq.store.table.ConfigTable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The durable subscriptions of this broker: derived state like topics and cursors.
 *
 * <p>A subscription and its cursors begin in one batch of the log, and end in one; a subscription that replaces another of the same key is in one
 * batch with the end of that. So after any crash there is either all of it or nothing, and never a cursor without its subscription, which
 * would keep messages for nobody. Deciding and appending happen under the monitor of the sink.
 *
 * <pre>
 * put       format 1 | id | hasClientId 1 | clientId | name | topic | hasSelector 1 | selector | noLocal 1 | shared 1
 * removed   format 1 | id | hasClientId 1 | clientId | name
 * </pre>
 */
public final class SubscriptionTable implements DerivedState {

    private static final int FORMAT_VERSION = 1;

    private final ControlSink log;
    private final CursorTable cursors;
    private final AtomicLong lastId = new AtomicLong();

    /** Changed in {@link #apply} and {@link #load} only. */
    private final ConcurrentMap<SubscriptionKey, Entry> entries = new ConcurrentHashMap<>();

    private record Entry(DurableSubscription subscription, long position) {}

    /** No subscriptions. */
    public SubscriptionTable(ControlSink log, CursorTable cursors) {
        this.log = log;
        this.cursors = cursors;
    }

    /** The subscription of this key, null if there is none. */
    public @Nullable DurableSubscription get(SubscriptionKey key) {
        Entry entry = entries.get(key);
        return entry == null ? null : entry.subscription();
    }

    /** All subscriptions at this moment, in no order. */
    public Collection<DurableSubscription> all() {
        List<DurableSubscription> all = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> all.add(entry.subscription()));
        return all;
    }

    /**
     * Creates a subscription; one that has this key already ends, with everything it has not delivered.
     *
     * @param floors per message queue of the topic, the offset from which on messages belong to the subscription; asked when nothing can come
     *     between the answer and the record, empty if there is no such topic
     * @return null if there is no such topic, and then nothing has changed
     */
    public @Nullable DurableSubscription put(
            SubscriptionKey key,
            String topic,
            @Nullable String selector,
            boolean noLocal,
            boolean shared,
            Supplier<List<Long>> floors)
            throws AppendRefusedException {
        DurableSubscription made =
                new DurableSubscription(lastId.incrementAndGet(), key, topic, selector, noLocal, shared);
        synchronized (log) {
            List<Long> from = floors.get();
            if (from.isEmpty()) {
                return null;
            }
            List<Control> batch = new ArrayList<>();
            DurableSubscription old = get(key);
            if (old != null) {
                addRemoval(old, batch);
            }
            batch.add(new Control(ControlType.SUBSCRIPTION_PUT, put(made)));
            for (int queueId = 0; queueId < from.size(); queueId++) {
                batch.add(cursors.creation(made.cursor(queueId), from.get(queueId)));
            }
            log.appendAll(batch);
        }
        return made;
    }

    /** Ends a subscription for good, with everything it has not delivered; nothing if it has ended already. */
    public void remove(DurableSubscription subscription) throws AppendRefusedException {
        synchronized (log) {
            if (subscription.equals(get(subscription.key()))) {
                List<Control> batch = new ArrayList<>();
                addRemoval(subscription, batch);
                log.appendAll(batch);
            }
        }
    }

    private void addRemoval(DurableSubscription subscription, List<Control> batch) {
        PayloadOutput out = new PayloadOutput();
        out.putByte(FORMAT_VERSION);
        out.putCount(subscription.id());
        writeKey(subscription.key(), out);
        batch.add(new Control(ControlType.SUBSCRIPTION_REMOVE, out.payload()));
        for (Cursor cursor : cursors.all()) {
            CursorName name = cursor.name();
            if (name.equals(subscription.cursor(name.queueId()))) {
                batch.add(cursors.removal(cursor));
            }
        }
    }

    // ---- derived state

    @Override
    public String name() {
        return "subscriptions";
    }

    @Override
    public void apply(long position, ControlType type, ByteBuffer payload) {
        switch (type) {
            case SUBSCRIPTION_PUT -> add(readPut(new StateInput(payload)), position);
            case SUBSCRIPTION_REMOVE -> {
                StateInput in = new StateInput(payload);
                requireFormat(in);
                long id = in.getCount();
                entries.computeIfPresent(
                        readKey(in), (key, entry) -> entry.subscription().id() == id ? null : entry);
            }
            case TOPIC_REMOVE -> {
                String topic = ConfigTable.removedName(payload);
                entries.values().removeIf(entry -> entry.subscription().topic().equals(topic));
            }
            default -> {
                // Another state's.
            }
        }
    }

    private void add(DurableSubscription subscription, long position) {
        entries.put(subscription.key(), new Entry(subscription, position));
        lastId.accumulateAndGet(subscription.id(), Math::max);
    }

    @Override
    public void restate(long position, ControlSink out) throws AppendRefusedException {
        for (Entry entry : entries.values()) {
            if (entry.position() >= position) {
                continue;
            }
            synchronized (log) {
                if (entry.equals(entries.get(entry.subscription().key()))) {
                    out.append(ControlType.SUBSCRIPTION_PUT, put(entry.subscription()));
                }
            }
        }
    }

    @Override
    public Capture capture() {
        long id = lastId.get();
        List<Entry> captured = List.copyOf(entries.values());
        return out -> {
            out.putByte(FORMAT_VERSION);
            out.putCount(id);
            out.putCount(captured.size());
            for (Entry entry : captured) {
                out.putCount(entry.position());
                out.putBytes(put(entry.subscription()));
            }
        };
    }

    @Override
    public void load(StateInput in) {
        requireFormat(in);
        lastId.set(in.getCount());
        for (int count = in.getCount(2); count > 0; count--) {
            long position = in.getCount();
            add(readPut(new StateInput(in.getBytes())), position);
        }
    }

    @Override
    public void clear() {
        entries.clear();
        lastId.set(0);
    }

    @Override
    public void digest(StringBuilder out) {
        all().stream()
                .sorted(Comparator.comparing(DurableSubscription::id))
                .forEach(subscription -> out.append(subscription).append('\n'));
    }

    // ---- bytes

    private static ByteBuffer put(DurableSubscription subscription) {
        PayloadOutput out = new PayloadOutput();
        out.putByte(FORMAT_VERSION);
        out.putCount(subscription.id());
        writeKey(subscription.key(), out);
        out.putText(subscription.topic());
        writeOptional(subscription.selector(), out);
        out.putByte(subscription.noLocal() ? 1 : 0);
        out.putByte(subscription.shared() ? 1 : 0);
        return out.payload();
    }

    private static DurableSubscription readPut(StateInput in) {
        requireFormat(in);
        long id = in.getCount();
        SubscriptionKey key = readKey(in);
        return new DurableSubscription(id, key, in.getText(), readOptional(in), in.getByte() != 0, in.getByte() != 0);
    }

    private static void writeKey(SubscriptionKey key, StateOutput out) {
        writeOptional(key.clientId(), out);
        out.putText(key.name());
    }

    private static SubscriptionKey readKey(StateInput in) {
        return new SubscriptionKey(readOptional(in), in.getText());
    }

    private static void writeOptional(@Nullable String text, StateOutput out) {
        out.putByte(text == null ? 0 : 1);
        if (text != null) {
            out.putText(text);
        }
    }

    private static @Nullable String readOptional(StateInput in) {
        return in.getByte() == 0 ? null : in.getText();
    }

    private static void requireFormat(StateInput in) {
        int format = in.getByte();
        if (format != FORMAT_VERSION) {
            throw new CorruptStateException(
                    "format " + format + " of subscriptions, this program reads " + FORMAT_VERSION);
        }
    }
}
