// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsTraceFact.Event;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.queue.ConsumeQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts what happens to single messages of one subscription together into notes for the {@link DeliveryMemory}: messages at equal distances that had the same
 * fate with the same consumer in the same turn are one.
 *
 * <pre>
 *   two consumers take turns    offsets 10 11 12 13 14 15 16 17 18      two notes: 10 to 18 by 2, 11 to 17 by 2
 * </pre>
 *
 * <p>Owned by the destination, which {@linkplain #flush flushes} at the end of a turn.
 */
final class DeliveryNotes {

    private final DeliveryMemory memory;
    private final boolean on;
    private final Growing withoutConsumer = new Growing();
    private final List<Growing> open = new ArrayList<>();
    private @Nullable String subscription;

    /** A note that may still grow: one for each consumer. */
    static final class Growing {
        private @Nullable ConsumeQueue queue; // null while there is nothing
        private Event event = Event.DELIVERED;
        private @Nullable AttachedConsumer consumer;
        private long first;
        private long last;
        private long distance;
        private int count;
        private @Nullable String detail;

        private boolean takes(Event what, ConsumeQueue where, long offset, int deliveries, @Nullable String words) {
            if (queue != where || event != what || count != deliveries || !Objects.equals(detail, words)) {
                return false;
            }
            if (distance == 0 && offset > last) {
                distance = offset - last;
            }
            return distance > 0 && offset == last + distance;
        }
    }

    DeliveryNotes(DeliveryMemory memory) {
        this.memory = memory;
        this.on = !memory.isOff();
    }

    /** Says under which name the subscription is known. */
    void setSubscription(SubscriptionKey key) {
        subscription = key.toString();
    }

    /** Something happens to a message. */
    void note(
            Event what,
            ConsumeQueue where,
            long offset,
            @Nullable AttachedConsumer by,
            int deliveries,
            @Nullable String words) {
        if (!on) {
            return;
        }
        Growing note = by == null ? withoutConsumer : by.growingNote;
        if (note.takes(what, where, offset, deliveries, words)) {
            note.last = offset;
            return;
        }
        if (note.queue == null) {
            open.add(note);
        } else {
            write(note);
        }
        note.queue = where;
        note.event = what;
        note.consumer = by;
        note.first = offset;
        note.last = offset;
        note.distance = 0;
        note.count = deliveries;
        note.detail = words;
    }

    /** Nothing more follows for now. */
    void flush() {
        for (Growing note : open) {
            write(note);
            note.queue = null;
            note.consumer = null;
            note.detail = null;
        }
        open.clear();
    }

    private void write(Growing note) {
        ConsumeQueue where = Objects.requireNonNull(note.queue);
        AttachedConsumer by = note.consumer;
        memory.add(
                note.event,
                where.topic(),
                where.queueId(),
                subscription,
                note.first,
                note.last,
                Math.max(1, note.distance),
                by == null ? null : by.who(),
                note.count,
                note.detail);
    }
}
