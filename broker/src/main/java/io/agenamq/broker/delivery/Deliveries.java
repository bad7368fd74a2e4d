// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsAcknowledgeRequest;
import io.agenamq.protocol.command.JmsAttachRequest;
import io.agenamq.protocol.command.JmsBrowseRequest;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsCreditRequest;
import io.agenamq.protocol.command.JmsDetachRequest;
import io.agenamq.protocol.command.JmsProbeRequest;
import io.agenamq.protocol.command.JmsProbeResponse;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsReleaseRequest;
import io.agenamq.protocol.command.JmsResolveRequest;
import io.agenamq.protocol.command.JmsResolveResponse;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.SelectorException;
import io.agenamq.protocol.selector.Typing;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.queue.ConsumeQueue;
import java.io.Closeable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Delivery to Jakarta Messaging consumers: serves the requests of {@link JmsCode}, and wakes destinations when messages arrive and when
 * connections are lost.
 *
 * <p>Handlers run on event loops and only post tasks; the end of a connection's burst of frames lets the destinations work, so that all
 * acknowledgements of a burst are one record. The broker's composition root registers the handlers and passes on what happens to connections
 * and in the store. {@link #close} is called when no more connections are open and before the store is closed.
 */
public final class Deliveries implements Closeable {

    private static final int OWNER_IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS = 10;

    private final Store store;
    private final DestinationCatalog catalog;
    private final InstantSource clock;
    private final FaultHandler faults;
    private final BatchPool batches;
    private final ThreadPoolExecutor owners;
    private final ConcurrentMap<String, Destination> destinations = new ConcurrentHashMap<>();

    /** Delivery over a store. */
    public Deliveries(
            DeliveryConfig config,
            Store store,
            DestinationCatalog catalog,
            InstantSource clock,
            FaultHandler faults,
            ThreadFactory ownerThreads) {
        this.store = store;
        this.catalog = catalog;
        this.clock = clock;
        this.faults = faults;
        this.batches = new BatchPool(store.log()::newBatch);
        // Unbounded, yet never longer than there are destinations: each stands in it once at most.
        this.owners = new ThreadPoolExecutor(
                config.ownerThreads(),
                config.ownerThreads(),
                OWNER_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                ownerThreads,
                new ThreadPoolExecutor.DiscardPolicy());
        owners.allowCoreThreadTimeOut(true);
    }

    /** Enters the handlers of all requests that clients make. */
    public void register(HandlerTable table) {
        table.register(JmsCode.RESOLVE, this::resolve);
        table.register(JmsCode.ATTACH, this::attach);
        table.register(JmsCode.DETACH, this::detach);
        table.register(JmsCode.CREDIT, this::credit);
        table.register(JmsCode.PROBE, this::probe);
        table.register(JmsCode.ACKNOWLEDGE, this::acknowledge);
        table.register(JmsCode.RELEASE, this::release);
        table.register(JmsCode.BROWSE, this::browse);
    }

    // ---- what happens elsewhere

    /** Messages were appended to {@code queue}. On the appending thread. */
    public void arrived(ConsumeQueue queue) {
        Destination destination = destinations.get(queue.topic());
        if (destination != null) {
            destination.arrived(() -> {
                for (Subscription subscription : destination.subscriptions()) {
                    addMissingWindows(destination.topic(), subscription);
                    destination.stir(subscription);
                }
            });
        }
    }

    /** All frames of one read of {@code connection} were handled. On its event loop. */
    public void burstEnded(Connection connection) {
        ConnectionConsumers consumers = connection.attachment(ConnectionConsumers.class);
        if (consumers != null) {
            consumers.workTouched();
        }
    }

    /** {@code connection} is gone: everything it had comes back, at once and in order. On its event loop. */
    public void closed(Connection connection) {
        ConnectionConsumers consumers = connection.attachment(ConnectionConsumers.class);
        if (consumers == null) {
            return;
        }
        Map<Destination, List<AttachedConsumer>> lost = new HashMap<>();
        for (AttachedConsumer consumer : consumers.all()) {
            consumers.remove(consumer);
            lost.computeIfAbsent(consumer.destination, key -> new ArrayList<>()).add(consumer);
        }
        lost.forEach((destination, theirs) -> mustPost(destination, () -> {
            for (AttachedConsumer consumer : theirs) {
                // Nobody can say what the application saw: all of it counts as delivered.
                leave(consumer, Long.MAX_VALUE, true);
            }
        }));
        lost.keySet().forEach(Destination::work);
    }

    /** Destinations with consumers or deliveries in flight, for tests and figures. */
    public int destinationCount() {
        return destinations.size();
    }

    // ---- handlers, on the connection's event loop

    private void resolve(Request request) {
        JmsResolveRequest resolve = JmsResolveRequest.readFrom(request.frame().fields());
        TopicConfig topic = catalog.find(resolve.topic());
        if (topic != null) {
            request.reply(resolved(topic, resolve.kind()));
        } else if (!resolve.create()) {
            throw noSuchDestination(resolve.topic());
        } else {
            owners.execute(() -> {
                try {
                    request.reply(resolved(catalog.create(resolve.topic(), resolve.kind()), resolve.kind()));
                } catch (ProtocolException refused) {
                    request.refuse(refused.code(), String.valueOf(refused.getMessage()));
                }
            });
        }
    }

    private static Header resolved(TopicConfig topic, DestinationKind wanted) {
        requireKind(topic, wanted);
        return new JmsResolveResponse(kindOf(topic), queueCount(topic));
    }

    private void attach(Request request) {
        JmsAttachRequest attach = JmsAttachRequest.readFrom(request.frame().fields());
        Connection connection = request.connection();
        ConnectionConsumers consumers = consumersOf(connection);
        if (consumers.get(attach.consumer()) != null) {
            throw refusal(JmsRefusal.NO_SUCH_CONSUMER, "consumer " + attach.consumer() + " is attached already");
        }
        if (consumers.count() >= ConnectionConsumers.COUNT_MAX) {
            throw refusal(
                    JmsRefusal.TOO_MUCH,
                    "a connection has at most " + ConnectionConsumers.COUNT_MAX + " consumers; close some, or their "
                            + "sessions, or use another connection");
        }
        Selector selector = parse(attach.selector());
        TopicConfig topic = catalog.find(attach.topic());
        if (topic == null) {
            throw noSuchDestination(attach.topic());
        }
        requireKind(topic, attach.kind());
        attach(request, attach, topic, selector, consumers);
    }

    private void attach(
            Request request,
            JmsAttachRequest attach,
            TopicConfig topic,
            Selector selector,
            ConnectionConsumers consumers) {
        Destination destination = destinations.computeIfAbsent(topic.topicName(), this::newDestination);
        boolean isQueue = attach.kind() == DestinationKind.QUEUE;
        Lane.Filter filter = new Lane.Filter(selector, isQueue ? null : attach.exceptPrefix());
        post(destination, consumers, () -> {
            if (destinations.get(topic.topicName()) != destination) {
                // It was given up between the look-up and this task.
                onLoop(request.connection(), () -> attachAgain(request, attach, topic, selector, consumers));
                return;
            }
            try {
                Subscription subscription =
                        isQueue ? queueSubscription(destination, topic) : topicSubscription(destination, topic);
                AttachedConsumer consumer = new AttachedConsumer(
                        attach.consumer(), request.connection(), destination, subscription, subscription.join(filter));
                subscription.add(consumer);
                consumer.addCredit(0, attach.messages(), attach.bytes());
                destination.stir(subscription);
                admit(request, consumers, consumer);
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
                destination.afterTurn(() -> giveUpIfIdle(destination));
            }
        });
    }

    private void attachAgain(
            Request request,
            JmsAttachRequest attach,
            TopicConfig topic,
            Selector selector,
            ConnectionConsumers consumers) {
        try {
            attach(request, attach, topic, selector, consumers);
        } catch (ProtocolException refused) {
            request.refuse(refused.code(), String.valueOf(refused.getMessage()));
        }
        consumers.workTouched();
    }

    /** Makes a consumer known to its connection, on the connection's loop, and answers; unless the connection was lost meanwhile. */
    private void admit(Request request, ConnectionConsumers consumers, AttachedConsumer consumer) {
        onLoop(consumer.connection, () -> {
            if (consumer.connection.isOpen() && consumers.get(consumer.id) == null) {
                consumers.add(consumer);
                request.reply(Header.NONE);
            } else {
                mustPost(consumer.destination, () -> leave(consumer, 0, true));
                consumer.destination.work();
                request.refuse(JmsRefusal.NO_SUCH_CONSUMER.code(), "consumer " + consumer.id + " is attached already");
            }
        });
    }

    private void detach(Request request) {
        JmsDetachRequest detach = JmsDetachRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = consumersOf(request.connection());
        AttachedConsumer consumer = require(consumers, detach.consumer());
        mustPost(consumer.destination, () -> {
            leave(consumer, detach.seen(), detach.all());
            consumer.destination.answer(request, Header.NONE, false);
        });
        consumers.touch(consumer.destination);
    }

    private void credit(Request request) {
        JmsCreditRequest credit = JmsCreditRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = consumersOf(request.connection());
        AttachedConsumer consumer = require(consumers, credit.consumer());
        post(consumer.destination, consumers, () -> {
            consumer.addCredit(credit.epoch(), credit.messages(), credit.bytes());
            consumer.destination.stir(consumer.subscription);
        });
    }

    private void probe(Request request) {
        JmsProbeRequest probe = JmsProbeRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = consumersOf(request.connection());
        AttachedConsumer consumer = require(consumers, probe.consumer());
        post(consumer.destination, consumers, () -> {
            consumer.addCredit(probe.epoch(), probe.messages(), probe.bytes());
            consumer.destination.stir(consumer.subscription);
            consumer.destination.afterTurn(() -> answerProbe(request, probe, consumer));
        });
    }

    /** Answers when nothing more is to be had at present, which may take several turns. */
    private static void answerProbe(Request request, JmsProbeRequest probe, AttachedConsumer consumer) {
        if (consumer.subscription.hasMoreFor(consumer)) {
            boolean again = consumer.destination.post(
                    () -> consumer.destination.afterTurn(() -> answerProbe(request, probe, consumer)));
            if (again) {
                return;
            }
        }
        if (probe.drain()) {
            consumer.dropCredit();
        }
        request.reply(new JmsProbeResponse(consumer.inFlight().next() - 1));
    }

    private void acknowledge(Request request) {
        JmsAcknowledgeRequest acknowledge =
                JmsAcknowledgeRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = consumersOf(request.connection());
        AttachedConsumer consumer = require(consumers, acknowledge.consumer());
        post(consumer.destination, consumers, () -> {
            Subscription subscription = consumer.subscription;
            subscription.acknowledge(consumer, acknowledge.from(), acknowledge.to());
            consumer.addCredit(acknowledge.epoch(), acknowledge.messages(), acknowledge.bytes());
            consumer.destination.stir(subscription);
            consumer.destination.answer(request, Header.NONE, acknowledge.durable());
            forgetIfDone(consumer);
        });
    }

    private void release(Request request) {
        JmsReleaseRequest release = JmsReleaseRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = consumersOf(request.connection());
        AttachedConsumer consumer = require(consumers, release.consumer());
        mustPost(consumer.destination, () -> {
            consumer.subscription.giveBack(consumer, release.seen(), release.all());
            consumer.restart(release.epoch(), release.messages(), release.bytes());
            consumer.destination.stir(consumer.subscription);
            consumer.destination.answer(request, Header.NONE, false);
            forgetIfDone(consumer);
        });
        consumers.touch(consumer.destination);
    }

    private void browse(Request request) {
        JmsBrowseRequest browse = JmsBrowseRequest.readFrom(request.frame().fields());
        Selector selector = parse(browse.selector());
        TopicConfig topic = catalog.find(browse.topic());
        ConsumeQueue queue = topic == null ? null : store.queue(browse.topic(), browse.queueId());
        if (topic == null || queue == null) {
            throw refusal(
                    JmsRefusal.NO_SUCH_DESTINATION,
                    "there is no message queue " + browse.queueId() + " of '" + browse.topic() + "'");
        }
        Destination destination = destinations.computeIfAbsent(topic.topicName(), this::newDestination);
        mustPost(destination, () -> {
            try {
                Window window = kindOf(topic) == DestinationKind.QUEUE
                        ? queueSubscription(destination, topic).windows().get(browse.queueId())
                        : null;
                new Browser(store.log()::read)
                        .answer(request, browse, selector, queue, window, queueCount(topic), clock.millis());
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
            }
            destination.afterTurn(() -> giveUpIfIdle(destination));
        });
        // It may read much, and from the disk.
        destination.workElsewhere();
    }

    // ---- tasks, by the thread at work on the destination

    private Destination newDestination(String topic) {
        return new Destination(topic, store.log(), batches, owners, clock, faults);
    }

    /** The one subscription of a queue. */
    private Subscription queueSubscription(Destination destination, TopicConfig topic) {
        if (!destination.subscriptions().isEmpty()) {
            Subscription known = destination.subscriptions().get(0);
            if (known.windows().get(0).queue() == store.queue(topic.topicName(), 0)) {
                return known;
            }
            // The topic was removed and made again: its queue begins anew, and so does its subscription.
            destination.subscriptions().clear();
        }
        List<Window> windows = new ArrayList<>();
        for (int queueId = 0; queueId < queueCount(topic); queueId++) {
            ConsumeQueue queue = store.queue(topic.topicName(), queueId);
            if (queue == null) {
                throw noSuchDestination(topic.topicName());
            }
            windows.add(new Window(queue, cursor(new CursorName(topic.topicName(), queueId, CursorName.QUEUE)), true));
        }
        Subscription subscription = new Subscription(store.log()::read, windows, false);
        destination.subscriptions().add(subscription);
        return subscription;
    }

    private Cursor cursor(CursorName name) {
        try {
            return store.cursors().getOrCreate(name, 0);
        } catch (AppendRefusedException refused) {
            throw refusal(JmsRefusal.STORE_REFUSES, String.valueOf(refused.getMessage()));
        }
    }

    /** A subscription of its own, for what is published from now on. */
    private Subscription topicSubscription(Destination destination, TopicConfig topic) {
        List<Window> windows = new ArrayList<>();
        for (int queueId = 0; queueId < queueCount(topic); queueId++) {
            ConsumeQueue queue = store.queue(topic.topicName(), queueId);
            if (queue != null) {
                windows.add(volatileWindow(queue, queue.maxOffset()));
            }
        }
        Subscription subscription = new Subscription(store.log()::read, windows, true);
        destination.subscriptions().add(subscription);
        return subscription;
    }

    private static Window volatileWindow(ConsumeQueue queue, long from) {
        CursorName name = new CursorName(queue.topic(), queue.queueId(), "non-durable");
        return new Window(queue, new Cursor(0, name, from), false);
    }

    /** A topic got more message queues while it was subscribed to: what is in them is new to every subscription. */
    private void addMissingWindows(String topic, Subscription subscription) {
        if (!subscription.isOwn()) {
            return;
        }
        ConsumeQueue missing = store.queue(topic, subscription.windows().size());
        while (missing != null) {
            subscription.add(volatileWindow(missing, 0));
            missing = store.queue(topic, subscription.windows().size());
        }
    }

    /** A consumer ends: by itself, or with its session or connection. */
    private void leave(AttachedConsumer consumer, long seen, boolean all) {
        Subscription subscription = consumer.subscription;
        boolean ownSubscription = subscription.isOwn();
        subscription.giveBack(consumer, seen, all || ownSubscription);
        consumer.detach();
        subscription.remove(consumer);
        if (ownSubscription) {
            // Nobody else can ever see its messages.
            consumer.destination.subscriptions().remove(subscription);
        } else {
            consumer.destination.stir(subscription);
        }
        forgetIfDone(consumer);
        consumer.destination.afterTurn(() -> giveUpIfIdle(consumer.destination));
    }

    private static void forgetIfDone(AttachedConsumer consumer) {
        if (consumer.isDone()) {
            consumer.subscription.remove(consumer);
            Connection connection = consumer.connection;
            onLoop(connection, () -> {
                ConnectionConsumers consumers = connection.attachment(ConnectionConsumers.class);
                if (consumers != null) {
                    consumers.remove(consumer);
                }
            });
        }
    }

    /** Forgets a destination that nobody uses: its durable state is in the log. */
    private void giveUpIfIdle(Destination destination) {
        for (Subscription subscription : destination.subscriptions()) {
            if (!subscription.isIdle()) {
                return;
            }
        }
        destinations.remove(destination.topic(), destination);
    }

    // ---- small things

    private static ConnectionConsumers consumersOf(Connection connection) {
        ConnectionConsumers consumers = connection.attachment(ConnectionConsumers.class);
        if (consumers == null) {
            consumers = new ConnectionConsumers();
            connection.attach(ConnectionConsumers.class, consumers);
        }
        return consumers;
    }

    private static AttachedConsumer require(ConnectionConsumers consumers, int id) {
        AttachedConsumer consumer = consumers.get(id);
        if (consumer == null) {
            throw refusal(JmsRefusal.NO_SUCH_CONSUMER, "there is no consumer " + id + " on this connection");
        }
        return consumer;
    }

    /** Runs a task on the event loop of {@code connection}, unless that loop has ended with the server. */
    private static void onLoop(Connection connection, Runnable task) {
        try {
            connection.executor().execute(task);
        } catch (RejectedExecutionException stopped) {
            // The task concerns a connection that is gone.
        }
    }

    /** Posts a task that the destination does at the end of the connection's burst. */
    private static void post(Destination destination, ConnectionConsumers consumers, Runnable task) {
        if (!destination.post(task)) {
            throw new ProtocolException(
                    ResponseCode.SYSTEM_BUSY, "too many requests wait for destination '" + destination.topic() + "'");
        }
        consumers.touch(destination);
    }

    /** Posts a task that gives something back, which is never refused. */
    private static void mustPost(Destination destination, Runnable task) {
        destination.postAlways(task);
    }

    private static Selector parse(@Nullable String text) {
        try {
            return Selector.parse(text, Typing.STRICT);
        } catch (SelectorException malformed) {
            throw refusal(JmsRefusal.INVALID_SELECTOR, String.valueOf(malformed.getMessage()));
        }
    }

    private static DestinationKind kindOf(TopicConfig topic) {
        return DestinationKind.of(topic.attributes().get(DestinationKind.ATTRIBUTE));
    }

    private static int queueCount(TopicConfig topic) {
        return Math.max(topic.readQueueNums(), topic.writeQueueNums());
    }

    private static void requireKind(TopicConfig topic, DestinationKind wanted) {
        DestinationKind kind = kindOf(topic);
        String name = topic.topicName();
        if (wanted == DestinationKind.QUEUE && kind != DestinationKind.QUEUE) {
            String what = kind == DestinationKind.TOPIC ? "a topic" : "a native topic";
            throw refusal(JmsRefusal.WRONG_KIND, "'" + name + "' is " + what + "; use createTopic(\"" + name + "\")");
        } else if (wanted != DestinationKind.QUEUE && kind == DestinationKind.QUEUE) {
            throw refusal(JmsRefusal.WRONG_KIND, "topic '" + name + "' is a queue; use createQueue(\"" + name + "\")");
        }
    }

    private static ProtocolException noSuchDestination(String name) {
        return refusal(JmsRefusal.NO_SUCH_DESTINATION, "there is no destination '" + name + "'");
    }

    private static ProtocolException refusal(JmsRefusal refusal, String reason) {
        return new ProtocolException(refusal.code(), reason);
    }

    @Override
    public void close() {
        owners.shutdown();
        try {
            // Not interrupted: an interrupt closes the store's channels for everybody.
            boolean unused = owners.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
