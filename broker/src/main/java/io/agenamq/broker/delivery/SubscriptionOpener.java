// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.StartPoint;
import io.agenamq.protocol.command.TopicConfig;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the subscriptions of a destination, or begins them: which message queues they read, from where, and what becomes of messages that come
 * back. On the thread at work on the destination, where nothing else is said.
 */
final class SubscriptionOpener {

    private final Store store;
    private final MessageQueues queues;
    private final DestinationCatalog catalog;
    private final Beginnings beginnings;
    private final InstantSource clock;
    private final Attachments attachments;

    SubscriptionOpener(
            Store store,
            MessageQueues queues,
            DestinationCatalog catalog,
            Beginnings beginnings,
            InstantSource clock,
            Attachments attachments) {
        this.store = store;
        this.queues = queues;
        this.catalog = catalog;
        this.beginnings = beginnings;
        this.clock = clock;
        this.attachments = attachments;
    }

    /** The one subscription of a queue. */
    Subscription ofQueue(Destination destination, TopicConfig topic) {
        if (!destination.subscriptions().isEmpty()) {
            Subscription known = destination.subscriptions().get(0);
            if (known.windows().get(0).queue() == queues.find(topic.topicName(), 0)) {
                return known;
            }
            // The topic was removed and made again: its queue begins anew, and so does its subscription.
            destination.subscriptions().clear();
        }
        List<Window> windows = new ArrayList<>();
        for (int queueId = 0; queueId < Checks.queueCount(topic); queueId++) {
            ConsumeQueue queue = queues.find(topic.topicName(), queueId);
            if (queue == null) {
                throw Checks.noSuchDestination(topic.topicName());
            }
            windows.add(builtIn(queue));
        }
        Subscription subscription = new Subscription(
                queues, windows, Subscription.Kind.QUEUE, CursorName.QUEUE, redelivery(topic.topicName()));
        holdBack(subscription);
        destination.subscriptions().add(subscription);
        return subscription;
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
            return beginVolatile(destination, Subscription.Kind.SHARED, used.identity(), start);
        }
        List<Window> windows = new ArrayList<>();
        ConsumeQueue queue = queues.find(stored.topic(), 0);
        while (queue != null) {
            windows.add(new Window(queue, cursor(stored.cursor(windows.size())), true));
            queue = queues.find(stored.topic(), windows.size());
        }
        Subscription subscription = new Subscription(
                queues, windows, Subscription.Kind.DURABLE, used.identity(), redelivery(stored.topic()));
        holdBack(subscription);
        destination.subscriptions().add(subscription);
        return subscription;
    }

    /** What was in flight when the broker ended is left for a while to those who had it: they may have acknowledged it. */
    private void holdBack(Subscription subscription) {
        long until = attachments.restartedUntil();
        if (clock.millis() < until && subscription.windows().stream().anyMatch(Window::hasDoubtful)) {
            subscription.hold(until);
        }
    }

    /** A topic got more message queues while it was subscribed to: what is in them is new to every subscription. */
    void addMissingWindows(String topic, Subscription subscription) {
        if (subscription.kind() == Subscription.Kind.QUEUE) {
            return;
        }
        int next = subscription.windows().size();
        ConsumeQueue missing = queues.find(topic, next);
        while (missing != null) {
            if (subscription.kind() == Subscription.Kind.DURABLE) {
                String name = subscription.windows().get(0).cursor().name().subscription();
                try {
                    subscription.add(new Window(
                            missing, store.cursors().getOrCreate(new CursorName(topic, next, name), 0), true));
                } catch (AppendRefusedException later) {
                    // The next message asks again.
                    return;
                }
            } else {
                subscription.add(volatileWindow(missing, 0));
            }
            next++;
            missing = queues.find(topic, next);
        }
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
        Subscription subscription = new Subscription(queues, windows, kind, identity, redelivery(topic));
        destination.subscriptions().add(subscription);
        return subscription;
    }

    private Window builtIn(ConsumeQueue queue) {
        TemporaryDestination temporary = queues.temporary(queue.topic());
        if (temporary != null) {
            return new MemoryWindow(temporary.queue, temporary.cursor);
        }
        return new Window(queue, cursor(new CursorName(queue.topic(), queue.queueId(), CursorName.QUEUE)), true);
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

    private Cursor cursor(CursorName name) {
        try {
            return store.cursors().getOrCreate(name, 0);
        } catch (AppendRefusedException refused) {
            throw Checks.refusal(JmsRefusal.STORE_REFUSES, String.valueOf(refused.getMessage()));
        }
    }

    /** What becomes of messages of a topic that come back; asked each time, so that an operator's change counts at once. */
    private Supplier<RedeliveryPolicy> redelivery(String topic) {
        if (DeadLetters.isQueueName(topic)) {
            return () -> RedeliveryPolicy.ENDLESS;
        }
        return () -> {
            TopicConfig config = catalog.find(topic);
            return config == null ? RedeliveryPolicy.ENDLESS : RedeliveryPolicy.of(config.attributes());
        };
    }
}
