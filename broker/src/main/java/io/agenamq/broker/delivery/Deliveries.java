// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsAcknowledgeRequest;
import io.agenamq.protocol.command.JmsAttachRequest;
import io.agenamq.protocol.command.JmsBrowseRequest;
import io.agenamq.protocol.command.JmsClientIdRequest;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsCreditRequest;
import io.agenamq.protocol.command.JmsDetachRequest;
import io.agenamq.protocol.command.JmsProbeRequest;
import io.agenamq.protocol.command.JmsProbeResponse;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsReleaseRequest;
import io.agenamq.protocol.command.JmsResolveRequest;
import io.agenamq.protocol.command.JmsResolveResponse;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.JmsUnsubscribeRequest;
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
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.PositionWaiter;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivery to Jakarta Messaging consumers: serves the requests of {@link JmsCode}, and wakes destinations when messages arrive and when
 * connections are lost.
 *
 * <p>Handlers run on event loops and only post tasks; the end of a connection's burst of frames lets the destinations work, so that all
 * acknowledgements of a burst are one record. The broker's composition root registers the handlers and passes on what happens to connections
 * and in the store. {@link #close} is called when no more connections are open and before the store is closed.
 */
public final class Deliveries implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    /** Requests about names that may wait. */
    private static final int NAME_TASKS_MAX = 100_000;

    private static final int OWNER_IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS = 10;

    private final Store store;
    private final DestinationCatalog catalog;
    private final InstantSource clock;
    private final Alarm alarm;
    private final FaultHandler faults;
    private final BatchPool batches;
    private final ThreadPoolExecutor owners;
    private final ConcurrentMap<String, Destination> destinations = new ConcurrentHashMap<>();
    private final ClientIds clientIds = new ClientIds();
    private final SubscriptionRegistry subscriptions; // owned by the tasks of names
    private final SerialTasks names;

    /** Delivery over a store. */
    public Deliveries(
            DeliveryConfig config,
            Store store,
            DestinationCatalog catalog,
            InstantSource clock,
            Alarm alarm,
            FaultHandler faults,
            ThreadFactory ownerThreads) {
        this.store = store;
        this.catalog = catalog;
        this.clock = clock;
        this.alarm = alarm;
        this.faults = faults;
        this.batches = new BatchPool(store.log()::newBatch);
        // Unbounded, yet never longer than there are destinations, and the names: each stands in it once at most.
        this.owners = new ThreadPoolExecutor(
                config.ownerThreads(),
                config.ownerThreads(),
                OWNER_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                ownerThreads,
                new ThreadPoolExecutor.DiscardPolicy());
        owners.allowCoreThreadTimeOut(true);
        this.names = new SerialTasks(owners, faults);
        this.subscriptions = new SubscriptionRegistry(store.subscriptions());
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
        table.register(JmsCode.UNSUBSCRIBE, this::unsubscribe);
        table.register(JmsCode.CLIENT_ID, this::clientId);
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
        consumers.clientIds().forEach(clientId -> clientIds.closed(clientId, connection));
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
        JmsSubscription named = attach.subscription();
        if (named == null) {
            attach(request, attach, topic, selector, consumers);
        } else {
            subscribe(request, attach, named, topic, selector, consumers);
        }
    }

    private void attach(
            Request request,
            JmsAttachRequest attach,
            TopicConfig topic,
            Selector selector,
            ConnectionConsumers consumers) {
        Destination destination = destinations.computeIfAbsent(topic.topicName(), this::newDestination);
        boolean isQueue = attach.kind() == DestinationKind.QUEUE;
        Lane.Filter filter = new Lane.Filter(selector, isQueue ? null : attach.exceptPrefix(), null);
        post(destination, consumers, () -> {
            if (destinations.get(topic.topicName()) != destination) {
                // It was given up between the look-up and this task.
                onLoop(request.connection(), () -> attachAgain(request, attach, topic, selector, consumers));
                return;
            }
            try {
                Subscription subscription =
                        isQueue ? queueSubscription(destination, topic) : topicSubscription(destination, topic);
                begin(request, attach, consumers, destination, subscription, filter, null);
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

    /** A consumer begins on its subscription. */
    private void begin(
            Request request,
            JmsAttachRequest attach,
            ConnectionConsumers consumers,
            Destination destination,
            Subscription subscription,
            Lane.Filter filter,
            @Nullable UsedSubscription used) {
        AttachedConsumer consumer = new AttachedConsumer(
                attach.consumer(), request.connection(), destination, subscription, subscription.join(filter), used);
        subscription.add(consumer);
        consumer.addCredit(0, attach.messages(), attach.bytes());
        destination.stir(subscription);
        admit(request, consumers, consumer);
    }

    /** A consumer wants to take part in a named subscription of a topic. First its name is settled, then it is attached. */
    private void subscribe(
            Request request,
            JmsAttachRequest attach,
            JmsSubscription named,
            TopicConfig topic,
            Selector selector,
            ConnectionConsumers consumers) {
        if (attach.kind() == DestinationKind.QUEUE
                || named.name().isEmpty()
                || (!named.durable() && !named.shared())
                || (!named.shared() && named.clientId() == null)) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER, "there cannot be such a subscription: " + named);
        }
        requireRoomForNames();
        boolean noLocal = attach.exceptPrefix() != null && !named.shared();
        Lane.Filter filter = new Lane.Filter(selector, null, noLocal ? named.clientId() : null);
        UsedSubscription.Definition wanted = new UsedSubscription.Definition(
                new SubscriptionKey(named.clientId(), named.name()),
                named.durable(),
                named.shared(),
                topic.topicName(),
                selector.text().isEmpty() ? null : selector.text(),
                noLocal);
        names.execute(() -> {
            try {
                DurableSubscription before = store.subscriptions().get(wanted.key());
                UsedSubscription used = subscriptions.join(wanted, () -> ends(topic.topicName()));
                if (before != null && wanted.durable() && !before.equals(used.stored)) {
                    forget(before);
                }
                attachNamed(request, attach, consumers, filter, used);
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
            }
        });
    }

    private void attachNamed(
            Request request,
            JmsAttachRequest attach,
            ConnectionConsumers consumers,
            Lane.Filter filter,
            UsedSubscription used) {
        String topic = used.definition.topic();
        Destination destination = destinations.computeIfAbsent(topic, this::newDestination);
        mustPost(destination, () -> {
            if (destinations.get(topic) != destination) {
                // It was given up between the look-up and this task.
                names.execute(() -> attachNamed(request, attach, consumers, filter, used));
                return;
            }
            try {
                Subscription subscription = namedSubscription(destination, used);
                begin(request, attach, consumers, destination, subscription, filter, used);
            } catch (ProtocolException refused) {
                names.execute(() -> {
                    subscriptions.left(used);
                    subscriptions.done(used);
                });
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
                destination.afterTurn(() -> giveUpIfIdle(destination));
            }
        });
        destination.work();
    }

    private void unsubscribe(Request request) {
        JmsUnsubscribeRequest unsubscribe =
                JmsUnsubscribeRequest.readFrom(request.frame().fields());
        requireRoomForNames();
        names.execute(() -> {
            try {
                DurableSubscription ended =
                        subscriptions.unsubscribe(new SubscriptionKey(unsubscribe.clientId(), unsubscribe.name()));
                forget(ended);
                replyWhenDurable(request);
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
            }
        });
    }

    /** A durable subscription has ended: what its destination knows of it is of no use any more. */
    private void forget(DurableSubscription ended) {
        Destination destination = destinations.get(ended.topic());
        if (destination != null) {
            mustPost(destination, () -> {
                destination.forget(ended.id());
                destination.afterTurn(() -> giveUpIfIdle(destination));
            });
            destination.work();
        }
    }

    private void clientId(Request request) {
        JmsClientIdRequest wanted = JmsClientIdRequest.readFrom(request.frame().fields());
        Connection connection = request.connection();
        ConnectionConsumers consumers = consumersOf(connection);
        if (!wanted.held()) {
            clientIds.giveBack(wanted.clientId(), wanted.owner());
            consumers.clientIds().remove(wanted.clientId());
        } else if (clientIds.take(wanted.clientId(), wanted.owner(), connection)) {
            consumers.clientIds().add(wanted.clientId());
        } else {
            throw refusal(
                    JmsRefusal.CLIENT_ID_IN_USE,
                    "another connection has the client identifier '" + wanted.clientId() + "'");
        }
        request.reply(Header.NONE);
    }

    private void requireRoomForNames() {
        if (names.count() > NAME_TASKS_MAX) {
            throw new ProtocolException(ResponseCode.SYSTEM_BUSY, "too many requests wait for named subscriptions");
        }
    }

    /** Answers when everything that is in the log is on the disk. */
    private void replyWhenDurable(Request request) {
        store.log().whenDurable(store.log().writtenPosition(), new PositionWaiter() {
            @Override
            public void durable(long durablePosition) {
                request.reply(Header.NONE);
            }

            @Override
            public void failed(String reason) {
                request.refuse(JmsRefusal.STORE_REFUSES.code(), reason);
            }
        });
    }

    /** Makes a consumer known to its connection, on the connection's loop, and answers; unless the connection was lost meanwhile. */
    private void admit(Request request, ConnectionConsumers consumers, AttachedConsumer consumer) {
        onLoop(consumer.connection, () -> {
            if (consumer.connection.isOpen() && consumers.get(consumer.id) == null) {
                consumers.add(consumer);
                if (consumer.subscription.kind() == Subscription.Kind.DURABLE) {
                    replyWhenDurable(request);
                } else {
                    request.reply(Header.NONE);
                }
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
            consumer.subscription.giveBack(consumer, release.seen(), release.all(), clock.millis());
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
                new Browser(store::message)
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
        return new Destination(topic, store.log(), batches, owners, clock, faults, alarm, this::deadLetterQueue);
    }

    private @Nullable String deadLetterQueue(String topic, Runnable whenMade) {
        String queue = DeadLetters.queueOf(topic);
        if (store.queue(queue, 0) != null) {
            return queue;
        }
        owners.execute(() -> {
            try {
                catalog.createDeadLetterQueue(queue);
                whenMade.run();
            } catch (ProtocolException refused) {
                LOG.warn("dead letters of '{}' wait: {}", topic, refused.getMessage());
            }
        });
        return null;
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
        Subscription subscription = new Subscription(
                store::message, windows, Subscription.Kind.QUEUE, CursorName.QUEUE, redelivery(topic.topicName()));
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
        return volatileSubscription(destination, topic.topicName(), Subscription.Kind.PLAIN, new Object());
    }

    private Subscription volatileSubscription(
            Destination destination, String topic, Subscription.Kind kind, Object identity) {
        List<Window> windows = new ArrayList<>();
        List<Long> ends = ends(topic);
        for (int queueId = 0; queueId < ends.size(); queueId++) {
            ConsumeQueue queue = store.queue(topic, queueId);
            if (queue != null) {
                windows.add(volatileWindow(queue, ends.get(queueId)));
            }
        }
        Subscription subscription = new Subscription(store::message, windows, kind, identity, redelivery(topic));
        destination.subscriptions().add(subscription);
        return subscription;
    }

    /** Where the message queues of a topic end now; empty if there is no such topic. */
    private List<Long> ends(String topic) {
        List<Long> ends = new ArrayList<>();
        ConsumeQueue queue = store.queue(topic, 0);
        while (queue != null) {
            ends.add(queue.maxOffset());
            queue = store.queue(topic, ends.size());
        }
        return ends;
    }

    /** The subscription that several consumers know by its name; begun, or fetched from the store, if it is not here. */
    private Subscription namedSubscription(Destination destination, UsedSubscription used) {
        Subscription known = destination.find(used.identity());
        if (known != null) {
            return known;
        }
        DurableSubscription stored = used.stored;
        if (stored == null) {
            return volatileSubscription(
                    destination, used.definition.topic(), Subscription.Kind.SHARED, used.identity());
        }
        List<Window> windows = new ArrayList<>();
        ConsumeQueue queue = store.queue(stored.topic(), 0);
        while (queue != null) {
            windows.add(new Window(queue, cursor(stored.cursor(windows.size())), true));
            queue = store.queue(stored.topic(), windows.size());
        }
        Subscription subscription = new Subscription(
                store::message, windows, Subscription.Kind.DURABLE, used.identity(), redelivery(stored.topic()));
        destination.subscriptions().add(subscription);
        return subscription;
    }

    private static Window volatileWindow(ConsumeQueue queue, long from) {
        CursorName name = new CursorName(queue.topic(), queue.queueId(), "non-durable");
        return new Window(queue, new Cursor(0, name, from), false);
    }

    /** A topic got more message queues while it was subscribed to: what is in them is new to every subscription. */
    private void addMissingWindows(String topic, Subscription subscription) {
        if (subscription.kind() == Subscription.Kind.QUEUE) {
            return;
        }
        int next = subscription.windows().size();
        ConsumeQueue missing = store.queue(topic, next);
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
            missing = store.queue(topic, next);
        }
    }

    /** A consumer ends: by itself, or with its session or connection. */
    private void leave(AttachedConsumer consumer, long seen, boolean all) {
        Subscription subscription = consumer.subscription;
        boolean ends = subscription.kind() != Subscription.Kind.QUEUE
                && subscription.kind() != Subscription.Kind.DURABLE
                && subscription.consumers().equals(List.of(consumer));
        subscription.giveBack(consumer, seen, all || ends, clock.millis());
        boolean leaves = !consumer.isDetached();
        consumer.detach();
        subscription.remove(consumer);
        if (consumer.used != null && leaves) {
            UsedSubscription used = consumer.used;
            names.execute(() -> subscriptions.left(used));
        }
        if (ends) {
            // Nobody else can ever see its messages.
            consumer.destination.forget(subscription.identity());
        } else {
            subscription.windows().forEach(Window::makeDue);
            consumer.destination.stir(subscription);
        }
        forgetIfDone(consumer);
        consumer.destination.afterTurn(() -> {
            if (subscription.kind() == Subscription.Kind.DURABLE && subscription.isIdle()) {
                // What its cursors do not know is nothing; whoever comes back finds it in the store.
                consumer.destination.forget(subscription.identity());
            }
            giveUpIfIdle(consumer.destination);
        });
    }

    private void forgetIfDone(AttachedConsumer consumer) {
        if (!consumer.isDone() || !consumer.forget()) {
            return;
        }
        consumer.subscription.remove(consumer);
        if (consumer.used != null) {
            UsedSubscription used = consumer.used;
            names.execute(() -> subscriptions.done(used));
        }
        Connection connection = consumer.connection;
        onLoop(connection, () -> {
            ConnectionConsumers consumers = connection.attachment(ConnectionConsumers.class);
            if (consumers != null) {
                consumers.remove(consumer);
            }
        });
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
