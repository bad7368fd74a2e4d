// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.retention.LiveMessages;
import io.agenamq.store.table.OffsetTable;
import io.agenamq.store.table.TopicTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What retention asks about Jakarta destinations: a message is wanted as long as one cursor has not settled it. A queue has its one subscription
 * from its creation; as long as nobody has attached to it there is no cursor, and all its messages are wanted. So it is with a message queue that
 * a topic got after its durable subscriptions were made.
 */
public final class UnsettledMessages implements LiveMessages {

    /** The topic attribute by which messages whose time is over become dead letters instead of being forgotten. */
    public static final String EXPIRED_ATTRIBUTE = "expired.dead.letter";

    private static final long ALL = -1;

    private final CursorTable cursors;
    private final TransientCursors unrecorded;
    private final TopicTable topics;
    private final OffsetTable offsets;
    private final SubscriptionTable subscriptions;

    /** Of these tables, which all change while this is asked. */
    public UnsettledMessages(
            CursorTable cursors,
            TransientCursors unrecorded,
            TopicTable topics,
            OffsetTable offsets,
            SubscriptionTable subscriptions) {
        this.cursors = cursors;
        this.unrecorded = unrecorded;
        this.topics = topics;
        this.offsets = offsets;
        this.subscriptions = subscriptions;
    }

    @Override
    public View view() {
        Map<String, Map<Integer, List<Cursor>>> byQueue = new HashMap<>();
        for (Cursor cursor : cursors.all()) {
            byQueue.computeIfAbsent(cursor.name().topic(), topic -> new HashMap<>())
                    .computeIfAbsent(cursor.name().queueId(), queueId -> new ArrayList<>())
                    .add(cursor);
        }
        // Behind the cursors: of a subscription that begins meanwhile more is kept than it wants, never less.
        Map<String, List<DurableSubscription>> durable = new HashMap<>();
        for (DurableSubscription each : subscriptions.all()) {
            durable.computeIfAbsent(each.topic(), topic -> new ArrayList<>()).add(each);
        }
        return queue -> readers(
                queue,
                byQueue.getOrDefault(queue.topic(), Map.of()).getOrDefault(queue.queueId(), List.of()),
                durable.getOrDefault(queue.topic(), List.of()));
    }

    private static boolean has(List<Cursor> known, CursorName name) {
        return known.stream().anyMatch(cursor -> cursor.name().equals(name));
    }

    private @Nullable Readers readers(ConsumeQueue queue, List<Cursor> known, List<DurableSubscription> durable) {
        TopicConfig topic = topics.get(queue.topic());
        DestinationKind kind = topic == null
                ? DestinationKind.NATIVE
                : DestinationKind.of(topic.attributes().get(DestinationKind.ATTRIBUTE));
        if (topic == null || kind == DestinationKind.NATIVE) {
            return null;
        }
        boolean everything = kind == DestinationKind.QUEUE
                ? !has(known, new CursorName(queue.topic(), queue.queueId(), CursorName.QUEUE))
                : durable.stream().anyMatch(each -> !has(known, each.cursor(queue.queueId())));
        boolean keepsExpired = "true".equals(topic.attributes().get(EXPIRED_ATTRIBUTE));
        long lowest = unrecorded.lowestFloor(queue.topic(), queue.queueId());
        for (String group : offsets.groupsOf(queue.topic())) {
            long committed = offsets.get(group, queue.topic(), queue.queueId());
            lowest = committed < 0 ? lowest : Math.min(lowest, committed);
        }
        long lowestUnrecorded = lowest;
        return new Readers() {
            @Override
            public long unsettled(long wordIndex) {
                return everything ? ALL : cursors.unsettledWord(known, wordIndex);
            }

            @Override
            public boolean keepsExpired() {
                return keepsExpired;
            }

            @Override
            public long lowestUnrecorded() {
                return lowestUnrecorded;
            }
        };
    }
}
