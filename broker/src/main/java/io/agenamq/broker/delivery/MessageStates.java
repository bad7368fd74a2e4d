// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsTraceFact;
import io.agenamq.protocol.command.JmsTraceFact.Event;
import io.agenamq.protocol.command.JmsTraceFact.Source;
import io.agenamq.protocol.jms.StoredMessage;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says where one message is in one subscription, and why it is not delivered: the answer to "where is my message?". On the thread at work on the
 * destination; nothing changes by it. Used once.
 */
final class MessageStates {

    /** Consumers that are asked why they do not get the message. */
    private static final int CONSUMERS_MAX = 100;

    private final Subscription subscription;
    private final Window window;
    private final int index;
    private final long offset;
    private final long now;
    private final QueueEntry entry = new QueueEntry();
    private final List<JmsTraceFact> facts = new ArrayList<>();

    /**
     * @param index of the message queue
     * @param now milliseconds since 1970
     */
    MessageStates(Subscription subscription, int index, long offset, long now) {
        this.subscription = subscription;
        this.window = subscription.windows().get(index);
        this.index = index;
        this.offset = offset;
        this.now = now;
    }

    /** The state, and if it waits, a line for each consumer. */
    List<JmsTraceFact> facts() {
        if (window.isSettled(offset)) {
            add(Event.IS_SETTLED, null, "nobody gets it any more");
        } else if (!window.queue().read(offset, entry)) {
            add(Event.IS_SETTLED, null, "the log has dropped it");
        } else if (!isInFlight()) {
            waits();
        }
        return facts;
    }

    private boolean isInFlight() {
        List<AttachedConsumer> holders = new ArrayList<>(subscription.consumers());
        holders.addAll(subscription.leaving());
        for (AttachedConsumer consumer : holders) {
            if (consumer.inFlight().holds(InFlight.entry(index, offset))) {
                String detail = consumer.isDetached()
                        ? "the consumer is closed, its session can still acknowledge it"
                        : consumer.connection.isOpen() ? null : "its connection is lost; it is waited for";
                add(Event.IN_FLIGHT, consumer.who(), detail);
                return true;
            }
        }
        return false;
    }

    private void waits() {
        long due = subscription.dueOf(index, offset);
        if (due != Parking.NEVER) {
            facts.add(fact(
                    Event.PARKED,
                    due,
                    null,
                    (entry.deliverAt() == due ? "it was sent with a delay, until " : "it came back and waits until ")
                            + Instant.ofEpochMilli(due)));
        } else if (subscription.isDying(index, offset)) {
            add(Event.DYING, null, "it becomes a dead letter as soon as that can be stored");
        } else if (window.isDamaged(offset)) {
            add(Event.WAITING, null, "its record is damaged and it is left out; a purge removes it");
        } else if (!window.isFree(offset)) {
            add(Event.HELD, null, "by a transaction that is being committed");
        } else {
            isReady();
        }
    }

    private void isReady() {
        DeliveryRules rules = subscription.presentRules();
        long before = window.cursor().unsettledBelow(offset);
        String place = before == 0
                ? "it is the first of its queue"
                : before + (before == 1 ? " message is" : " messages are") + " before it in its queue";
        if (window.priority(offset) != QueueEntry.DEFAULT_PRIORITY || window.hasPriorities()) {
            place += ", priority " + entry.priority() + " among others";
        }
        add(Event.WAITING, null, place + obstacle(rules));
        AttachedConsumer active = rules.exclusive() ? subscription.active() : null;
        RecordSlice record = null;
        try {
            record = subscription.read(index, offset);
        } catch (CorruptRecordException damage) {
            add(Event.WAITING, null, "its record is damaged: " + damage.getMessage());
        }
        try {
            int asked = 0;
            for (AttachedConsumer consumer : subscription.consumers()) {
                if (asked++ == CONSUMERS_MAX) {
                    break;
                }
                add(Event.NOT_FOR, consumer.who(), why(consumer, rules.exclusive(), active, record));
            }
        } finally {
            if (record != null) {
                record.release();
            }
        }
    }

    /** What keeps it from everybody. */
    private String obstacle(DeliveryRules rules) {
        if (entry.expiry() != 0 && entry.expiry() <= now) {
            return "; its time was over at " + Instant.ofEpochMilli(entry.expiry())
                    + ", and it goes as soon as a consumer comes by";
        } else if (rules.paused()) {
            return "; delivery is paused";
        } else if (subscription.heldUntil() > now) {
            return "; after its start the broker waits for those who had something in flight until "
                    + Instant.ofEpochMilli(subscription.heldUntil());
        } else if (entry.deliverAt() > now) {
            return "; it was sent with a delay, until " + Instant.ofEpochMilli(entry.deliverAt());
        } else if (subscription.consumers().isEmpty()) {
            return "; there is no consumer";
        }
        return "";
    }

    private String why(
            AttachedConsumer consumer,
            boolean exclusive,
            @Nullable AttachedConsumer active,
            @Nullable RecordSlice record) {
        if (exclusive && consumer != active) {
            return active == null
                    ? "the queue is exclusive, and one that has left can still acknowledge something"
                    : "the queue is exclusive, and it is the turn of " + active.who();
        }
        Lane.Filter filter = consumer.lane.filter();
        if (filter.excludes(entry) || (record != null && !filter.passesAll() && !matches(filter, record))) {
            return filter.selector().matchesAll()
                    ? "it does not want messages of its own connection"
                    : "its selector does not match: " + filter.selector().text();
        }
        GroupSlots groups = consumer.lane.groups();
        GroupSlots.Slot slot = groups == null ? null : groups.slotOf(entry);
        if (groups != null && slot != null && !groups.isFor(slot, consumer)) {
            AttachedConsumer owner = groups.owner(slot);
            return owner == null || owner == consumer
                    ? "a message of its group waits for its redelivery"
                    : "its group is with " + owner.who();
        }
        String busy = consumer.obstacle();
        return busy == null ? "it gets it when it is its turn" : busy;
    }

    private boolean matches(Lane.Filter filter, RecordSlice record) {
        StoredMessage message = new StoredMessage().reset(record.buffer(), 0, window.deliveryNumber(offset));
        return filter.matches(message, record.buffer());
    }

    private void add(Event event, @Nullable String who, @Nullable String detail) {
        facts.add(fact(event, 0, who, detail));
    }

    private JmsTraceFact fact(Event event, long time, @Nullable String who, @Nullable String detail) {
        ConsumeQueue queue = window.queue();
        boolean counts = event == Event.IN_FLIGHT || event == Event.WAITING || event == Event.PARKED;
        int before = counts ? window.deliveryNumber(offset) - (event == Event.IN_FLIGHT ? 0 : 1) : 0;
        return new JmsTraceFact(
                event,
                Source.NOW,
                time,
                queue.topic(),
                queue.queueId(),
                offset,
                0,
                window.cursor().id(),
                label(subscription),
                who,
                before,
                detail);
    }

    /** How people call a subscription; null for the one of a queue. */
    static @Nullable String label(Subscription subscription) {
        if (subscription.kind() == Subscription.Kind.QUEUE) {
            return null;
        }
        return subscription.key() == null
                ? "without a name"
                : subscription.key().toString();
    }
}
