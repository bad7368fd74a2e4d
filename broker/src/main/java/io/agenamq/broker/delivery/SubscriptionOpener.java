// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.StartPoint;
import io.agenamq.protocol.command.TemporaryTopic;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.Store;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.MemoryQueue;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the subscriptions of a destination, or begins them: which message queues they read, from where, and what becomes of messages that come
 * back. On the thread at work on the destination, where nothing else is said.
 */
final class SubscriptionOpener {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionOpener.class);

    private final Store store;
    private final MessageQueues queues;
    private final DestinationCatalog catalog;
    private final Beginnings beginnings;
    private final InstantSource clock;
    private final Attachments attachments;
    private final DoubleSupplier chance;
    private final DeliveryMemory memory;

    SubscriptionOpener(
            Store store,
            MessageQueues queues,
            DestinationCatalog catalog,
            Beginnings beginnings,
            InstantSource clock,
            Attachments attachments,
            DoubleSupplier chance,
            DeliveryMemory memory) {
        this.store = store;
        this.queues = queues;
        this.catalog = catalog;
        this.beginnings = beginnings;
        this.clock = clock;
        this.attachments = attachments;
        this.chance = chance;
        this.memory = memory;
    }

    /** The one subscription of a queue. */
    Subscription ofQueue(Destination destination, TopicConfig topic) {
        if (!destination.subscriptions().isEmpty()) {
            Subscription known = destination.subscriptions().get(0);
            if (known.kind() == Subscription.Kind.QUEUE && !isOutdated(known)) {
                addMissingWindows(topic.topicName(), known);
                return known;
            }
            if (known.kind() == Subscription.Kind.QUEUE) {
                known.restart(queueWindows(topic));
                return known;
            }
            // It was a topic in its former life.
            destination.subscriptions().clear();
        }
        Subscription subscription = new Subscription(
                queues,
                queueWindows(topic),
                Subscription.Kind.QUEUE,
                CursorName.QUEUE,
                rules(topic.topicName()),
                chance,
                memoryOf(topic.topicName()));
        holdBack(subscription);
        destination.subscriptions().add(subscription);
        return subscription;
    }

    /**
     * Lets a queue's subscription go on from other places, also after a crash. Its consumers stay; what they have in flight is none of the subscription's
     * any more.
     *
     * @param floors one for each message queue
     */
    void seek(Subscription subscription, List<Long> floors) {
        List<Cursor> former = new ArrayList<>();
        subscription.windows().forEach(window -> former.add(window.cursor()));
        List<Cursor> cursors;
        try {
            cursors = store.cursors().replace(former, floors);
        } catch (AppendRefusedException refused) {
            throw Checks.refusal(JmsRefusal.STORE_REFUSES, String.valueOf(refused.getMessage()));
        }
        if (cursors.isEmpty()) {
            throw Checks.noSuchDestination(former.get(0).name().topic());
        }
        List<Window> windows = new ArrayList<>();
        for (int index = 0; index < cursors.size(); index++) {
            windows.add(new Window(subscription.windows().get(index).queue(), cursors.get(index), true));
        }
        subscription.restart(windows);
    }

    private List<Window> queueWindows(TopicConfig topic) {
        List<Window> windows = new ArrayList<>();
        for (int queueId = 0; queueId < Checks.queueCount(topic); queueId++) {
            ConsumeQueue queue = queues.find(topic.topicName(), queueId);
            if (queue == null) {
                throw Checks.noSuchDestination(topic.topicName());
            }
            windows.add(builtIn(queue));
        }
        return windows;
    }

    /** Whether the message queues of a subscription are gone, and others have taken their names. */
    private boolean isOutdated(Subscription subscription) {
        if (subscription.windows().isEmpty()) {
            return false;
        }
        ConsumeQueue known = subscription.windows().get(0).queue();
        ConsumeQueue now = queues.find(known.topic(), known.queueId());
        return now != null && now != known;
    }

    /**
     * The topic of a subscription may have been removed and made again: if so, its consumers go on with the new message queues, from their beginning. A
     * durable subscription has ended with its topic.
     */
    void renew(String topic, Subscription subscription) {
        if (!isOutdated(subscription)) {
            return;
        }
        switch (subscription.kind()) {
            case QUEUE -> {
                TopicConfig config = catalog.find(topic);
                if (config != null && Checks.kindOf(config) == DestinationKind.QUEUE) {
                    try {
                        subscription.restart(queueWindows(config));
                    } catch (ProtocolException later) {
                        LOG.warn("consumers of '{}' wait for their new queue: {}", topic, later.getMessage());
                    }
                }
            }
            case PLAIN, SHARED -> {
                List<Window> windows = new ArrayList<>();
                ConsumeQueue queue = queues.find(topic, 0);
                while (queue != null) {
                    windows.add(volatileWindow(queue, 0));
                    queue = queues.find(topic, windows.size());
                }
                subscription.restart(windows);
            }
            case DURABLE -> {
                // Nobody has it any more.
            }
        }
    }

    /** A subscription of a topic for one consumer; from now on, if {@code start} is null. */
    Subscription plain(Destination destination, @Nullable StartPoint start) {
        return beginVolatile(destination, Subscription.Kind.PLAIN, new Object(), start);
    }

    /**
     * The subscription that several consumers know by its name; fetched from the store if it is not here, or begun at {@code start} if it is nowhere.
     */
    Subscription named(Destination destination, UsedSubscription used, @Nullable StartPoint start) {
        Subscription known = destination.find(used.identity());
        if (known != null) {
            return known;
        }
        DurableSubscription stored = used.stored;
        if (stored == null) {
            Subscription begun = beginVolatile(destination, Subscription.Kind.SHARED, used.identity(), start);
            begun.setKey(used.definition.key());
            return begun;
        }
        return durable(destination, stored);
    }

    /** A durable subscription; fetched from the store if it is not here. */
    private Subscription durable(Destination destination, DurableSubscription stored) {
        Subscription known = destination.find(stored.id());
        if (known != null) {
            return known;
        }
        List<Window> windows = new ArrayList<>();
        ConsumeQueue queue = queues.find(stored.topic(), 0);
        while (queue != null) {
            CursorName name = stored.cursor(windows.size());
            windows.add(new Window(
                    queue,
                    cursor(name, () -> stored.equals(store.subscriptions().get(stored.key()))),
                    true));
            queue = queues.find(stored.topic(), windows.size());
        }
        Subscription subscription = new Subscription(
                queues, windows, Subscription.Kind.DURABLE, stored.id(), rules(stored.topic()), chance, memory);
        subscription.setKey(stored.key());
        holdBack(subscription);
        destination.subscriptions().add(subscription);
        return subscription;
    }

    /**
     * The subscription that a cursor belongs to.
     *
     * @return null if there is none any more
     */
    @Nullable
    Subscription of(Destination destination, CursorName cursor) {
        if (cursor.subscription().equals(CursorName.QUEUE)) {
            TopicConfig topic = catalog.find(cursor.topic());
            return topic != null && Checks.kindOf(topic) == DestinationKind.QUEUE ? ofQueue(destination, topic) : null;
        }
        for (DurableSubscription stored : store.subscriptions().all()) {
            if (stored.topic().equals(cursor.topic())
                    && stored.cursor(cursor.queueId()).equals(cursor)) {
                return durable(destination, stored);
            }
        }
        return null;
    }

    /** What was in flight when the broker ended is left for a while to those who had it: they may have acknowledged it. */
    private void holdBack(Subscription subscription) {
        long until = attachments.restartedUntil();
        if (clock.millis() < until && subscription.windows().stream().anyMatch(Window::hasDoubtful)) {
            subscription.hold(until);
        }
    }

    /**
     * A topic got more message queues while it was subscribed to: what is in them is new to every subscription. Queues that nobody had used may have
     * gone before, and others have taken their numbers.
     */
    void addMissingWindows(String topic, Subscription subscription) {
        List<Window> windows = subscription.windows();
        int next = windows.size();
        while (next > 1 && windows.get(next - 1).queue() != queues.find(topic, next - 1)) {
            next--;
        }
        ConsumeQueue missing = queues.find(topic, next);
        if (missing == null || hasEnded(subscription)) {
            return;
        }
        for (; missing != null; missing = queues.find(topic, ++next)) {
            try {
                subscription.put(next, windowOf(missing, subscription));
            } catch (ProtocolException later) {
                // The next message asks again.
                LOG.warn("message queue {} of '{}' waits for its readers: {}", next, topic, later.getMessage());
                return;
            }
        }
    }

    /** Whether the log knows a durable subscription no more; a cursor made now would keep messages for nobody. */
    private boolean hasEnded(Subscription subscription) {
        return subscription.kind() == Subscription.Kind.DURABLE
                && store.subscriptions().all().stream()
                        .noneMatch(each -> subscription.identity().equals(each.id()));
    }

    private Window windowOf(ConsumeQueue missing, Subscription subscription) {
        return switch (subscription.kind()) {
            case QUEUE -> builtIn(missing);
            case PLAIN, SHARED -> volatileWindow(missing, 0);
            case DURABLE -> {
                String name = subscription.windows().get(0).cursor().name().subscription();
                CursorName of = new CursorName(missing.topic(), missing.queueId(), name);
                yield new Window(missing, cursor(of, () -> !hasEnded(subscription)), true);
            }
        };
    }

    private Subscription beginVolatile(
            Destination destination, Subscription.Kind kind, Object identity, @Nullable StartPoint start) {
        String topic = destination.topic();
        List<Window> windows = new ArrayList<>();
        List<Long> from = beginnings.offsets(topic, start);
        for (int queueId = 0; queueId < from.size(); queueId++) {
            ConsumeQueue queue = queues.find(topic, queueId);
            if (queue != null) {
                windows.add(volatileWindow(queue, from.get(queueId)));
            }
        }
        Subscription subscription =
                new Subscription(queues, windows, kind, identity, rules(topic), chance, memoryOf(topic));
        destination.subscriptions().add(subscription);
        return subscription;
    }

    private Window builtIn(ConsumeQueue queue) {
        TemporaryDestination temporary = queues.temporary(queue.topic());
        if (temporary != null) {
            return new MemoryWindow(temporary.queue, temporary.cursor);
        }
        Cursor cursor = cursor(
                new CursorName(queue.topic(), queue.queueId(), CursorName.QUEUE),
                () -> queues.find(queue.topic(), queue.queueId()) == queue);
        if (queues.find(queue.topic(), queue.queueId()) != queue) {
            // It was removed meanwhile, and the cursor may be its namesake's, of which it knows nothing.
            throw Checks.noSuchDestination(queue.topic());
        }
        return new Window(queue, cursor, true);
    }

    private Window volatileWindow(ConsumeQueue queue, long from) {
        CursorName name = new CursorName(queue.topic(), queue.queueId(), "non-durable");
        if (queue instanceof MemoryQueue memory) {
            return new MemoryWindow(memory, new Cursor(0, name, memory.join()));
        }
        Cursor cursor = new Cursor(0, name, from);
        store.transientCursors().add(cursor);
        return new Window(queue, cursor, false);
    }

    private Cursor cursor(CursorName name, BooleanSupplier isThere) {
        try {
            Cursor cursor = store.cursors().getOrCreate(name, 0, isThere);
            if (cursor == null) {
                throw Checks.noSuchDestination(name.topic());
            }
            return cursor;
        } catch (AppendRefusedException refused) {
            throw Checks.refusal(JmsRefusal.STORE_REFUSES, String.valueOf(refused.getMessage()));
        }
    }

    private DeliveryMemory memoryOf(String topic) {
        return TemporaryTopic.isTemporary(topic) ? DeliveryMemory.none() : memory;
    }

    /** What a topic says at present. */
    private Supplier<DeliveryRules> rules(String topic) {
        return () -> {
            TopicConfig config = catalog.find(topic);
            return config == null
                    ? DeliveryRules.with(RedeliveryPolicy.ENDLESS)
                    : DeliveryRules.of(topic, config.attributes());
        };
    }
}
