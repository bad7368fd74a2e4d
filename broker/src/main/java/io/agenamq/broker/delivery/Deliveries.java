// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsSettled;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.command.TemporaryTopic;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.cursor.CursorProgress;
import io.agenamq.store.cursor.ProgressPayloads;
import io.agenamq.store.queue.ConsumeQueue;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Delivery to Jakarta Messaging consumers: builds the handlers of the requests of {@link JmsCode}, and wakes destinations when messages arrive and
 * when connections are lost.
 *
 * <p>Handlers run on event loops and only post tasks; the end of a connection's burst of frames lets the destinations work, so that all
 * acknowledgements of a burst are one record. The broker's composition root registers the handlers and passes on what happens to connections
 * and in the store. {@link #close} is called when no more connections are open and before the store is closed.
 */
public final class Deliveries implements Closeable {

    private static final int OWNER_IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS = 10;

    private final Store store;
    private final InstantSource clock;
    private final ThreadPoolExecutor owners;
    private final ActiveDestinations destinations;
    private final ClientIds clientIds = new ClientIds();
    private final NamedSubscriptions names;
    private final SubscriptionOpener opener;
    private final ConsumerLife life;
    private final AttachHandler attachHandler;
    private final ResumeHandler resumeHandler;
    private final ConsumerHandler consumerHandler;
    private final BrowseHandler browseHandler;
    private final NameHandler nameHandler;
    private final SubscriptionHandler subscriptionHandler;
    private final QueueHandler queueHandler;
    private final QueueSeekHandler queueSeekHandler;
    private final TraceHandler traceHandler;
    private final TemporaryDestinations temporaries;
    private final TemporaryHandler temporaryHandler;

    /**
     * Delivery over a store.
     *
     * @param chance numbers from 0 to 1, for waits before redeliveries that differ; any thread
     */
    public Deliveries(
            DeliveryConfig config,
            Store store,
            DestinationCatalog topics,
            HomeAuthority homes,
            InstantSource clock,
            DoubleSupplier chance,
            Alarm alarm,
            FaultHandler faults,
            ThreadFactory ownerThreads) {
        this.store = store;
        this.clock = clock;
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
        this.temporaries = new TemporaryDestinations(config.temporaries());
        DestinationCatalog catalog = new DestinationsWithTemporaries(topics, temporaries);
        MessageQueues queues = new MessageQueues(store, temporaries);
        BatchPool batches = new BatchPool(store.log()::newBatch);
        DeadLetterQueues graveyard = new DeadLetterQueues(store, catalog, owners);
        this.destinations = new ActiveDestinations(
                topic -> new Destination(topic, store.log(), batches, owners, clock, faults, alarm, graveyard));
        this.names = new NamedSubscriptions(
                new SubscriptionRegistry(store.subscriptions()), new SerialTasks(owners, faults));
        Attachments attachments = new Attachments(config.reattachGraceMillis(), clock, alarm);
        Beginnings beginnings = new Beginnings(queues, clock);
        DeliveryMemory memory = new DeliveryMemory(clock);
        this.opener = new SubscriptionOpener(store, queues, catalog, beginnings, clock, attachments, chance, memory);
        this.life = new ConsumerLife(store, clock, destinations, names, attachments);
        this.resumeHandler = new ResumeHandler(attachments, life);
        this.attachHandler = new AttachHandler(
                store,
                catalog,
                temporaries,
                destinations,
                opener,
                beginnings,
                names,
                clientIds,
                life,
                attachments,
                resumeHandler);
        this.consumerHandler = new ConsumerHandler(clock, life);
        this.browseHandler = new BrowseHandler(queues, catalog, clock, destinations, opener);
        MessageFinder messages = new MessageFinder(store);
        this.subscriptionHandler = new SubscriptionHandler(store, destinations, beginnings, messages, names);
        QueueTurns turns = new QueueTurns(topics, destinations);
        this.queueHandler = new QueueHandler(store, topics, destinations, opener, turns, batches, owners);
        this.traceHandler = new TraceHandler(store, topics, opener, turns, messages, memory, clock, owners);
        this.queueSeekHandler = new QueueSeekHandler(beginnings, messages, opener, turns, owners);
        this.nameHandler =
                new NameHandler(store, catalog, homes, destinations, names, clientIds, attachments, life, owners);
        this.temporaryHandler =
                new TemporaryHandler(temporaries, destinations, store.log()::storeHost, clock, this::arrived);
    }

    /** Enters the handlers of all requests that clients make. */
    public void register(HandlerTable table) {
        attachHandler.register(table);
        resumeHandler.register(table);
        consumerHandler.register(table);
        browseHandler.register(table);
        nameHandler.register(table);
        subscriptionHandler.register(table);
        queueHandler.register(table);
        queueSeekHandler.register(table);
        traceHandler.register(table);
        temporaryHandler.register(table);
    }

    /** Messages were appended to {@code queue}. On the appending thread. */
    public void arrived(ConsumeQueue queue) {
        Destination destination = destinations.find(queue.topic());
        if (destination != null) {
            destination.arrived(() -> {
                for (Subscription subscription : destination.subscriptions()) {
                    opener.renew(destination.topic(), subscription);
                    opener.addMissingWindows(destination.topic(), subscription);
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

    /**
     * {@code connection} is gone: everything it had comes back, in order, at once or when nobody has come for it for a while. On its event
     * loop.
     */
    public void closed(Connection connection) {
        ConnectionConsumers consumers = connection.attachment(ConnectionConsumers.class);
        if (consumers != null) {
            closed(connection, consumers);
        }
        temporaryHandler.closed(connection);
    }

    private void closed(Connection connection, ConnectionConsumers consumers) {
        consumers.clientIds().forEach(clientId -> clientIds.closed(clientId, connection));
        Map<Destination, List<AttachedConsumer>> lost = new HashMap<>();
        for (AttachedConsumer consumer : consumers.all()) {
            consumers.remove(consumer);
            lost.computeIfAbsent(consumer.destination, key -> new ArrayList<>()).add(consumer);
        }
        lost.forEach((destination, theirs) -> destination.postAlways(() -> {
            if (TemporaryTopic.isTemporary(destination.topic())) {
                // It ends with its connection: there is nothing that they could come back for.
                theirs.forEach(life::end);
            } else {
                theirs.forEach(life::lose);
            }
        }));
        lost.keySet().forEach(Destination::work);
    }

    /**
     * What a transaction has received over {@code connection} and is to settle; the destinations give it when this burst has ended. On its event loop.
     *
     * @throws ProtocolException if a consumer is not there, and then nothing has changed
     */
    public HeldDeliveries hold(Connection connection, List<JmsSettled> settled) {
        ConnectionConsumers consumers = ConnectionConsumers.of(connection);
        HeldDeliveries held = new HeldDeliveries(store.cursors(), clock, consumers::postAlways, life::afterTransaction);
        for (JmsSettled each : settled) {
            held.add(consumers.require(each.consumer()), each.from(), each.to(), each.count());
        }
        return held;
    }

    /**
     * What a branch held that was prepared before this broker was started is held again: nobody gets it until the branch is decided. Before the first consumer
     * comes.
     *
     * @param payloads what the branch holds, as {@link HeldDeliveries#payloads} said it
     * @param whenAll runs once, when it is held
     */
    public HeldDeliveries holdAgain(List<ByteBuffer> payloads, Runnable whenAll) {
        HeldDeliveries held = new HeldDeliveries(
                store.cursors(),
                clock,
                (destination, task) -> {
                    destination.postAlways(task);
                    destination.workElsewhere();
                },
                consumer -> {},
                life::forgetWhatIsIdle);
        Map<CursorName, CursorProgress> byCursor = new LinkedHashMap<>();
        for (ByteBuffer payload : payloads) {
            ProgressPayloads.forEach(payload, (id, progress) -> {
                CursorName name = store.cursors().nameOf(id);
                // Null: its topic or subscription was removed by force.
                if (name != null) {
                    byCursor.computeIfAbsent(name, key -> new CursorProgress()).add(progress);
                }
            });
        }
        Map<Destination, Consumer<HeldDeliveries.Holder>> tasks = new LinkedHashMap<>();
        byCursor.forEach((name, progress) -> {
            Destination destination = destinations.open(name.topic());
            tasks.merge(destination, holder -> holdAgain(destination, name, progress, holder), Consumer::andThen);
        });
        if (tasks.isEmpty()) {
            whenAll.run();
        }
        held.restore(tasks, whenAll);
        return held;
    }

    private void holdAgain(
            Destination destination, CursorName name, CursorProgress progress, HeldDeliveries.Holder holder) {
        Subscription subscription = opener.of(destination, name);
        if (subscription == null || name.queueId() >= subscription.windows().size()) {
            return;
        }
        Window window = subscription.windows().get(name.queueId());
        for (long at = progress.nextSettled(0); at != BitPlane.NONE; at = progress.nextSettled(at + 1)) {
            if (!window.isSettled(at)) {
                window.holdForBranch(at);
                holder.hold(subscription, name.queueId(), at);
            }
        }
        subscription.letGoIfNothingIsInDoubt();
    }

    /** Takes a message for a temporary destination, and answers. On the event loop of its connection. */
    public void sendToTemporary(Request request, SendMessageRequest send) {
        temporaryHandler.send(request, send);
    }

    /** The same for a message of a transaction: what is answered delivers it, when the transaction is committed. */
    public Runnable holdForTemporary(Request request, SendMessageRequest send) {
        return temporaryHandler.hold(request, send);
    }

    /**
     * Removes a topic, or refuses because a durable subscription of it has consumers.
     *
     * @param removal removes it and answers; run in the turn of the names, so that no consumer comes meanwhile
     */
    public void removeTopic(Request request, String topic, Runnable removal) {
        names.serve(request, registry -> {
            registry.requireNoDurableConsumers(topic);
            removal.run();
        });
    }

    /** How many temporary destinations there are. */
    public int temporaryCount() {
        return temporaries.count();
    }

    /** Memory that their messages take, in bytes. */
    public long temporaryBytes() {
        return temporaries.bytes();
    }

    /** Destinations with consumers or deliveries in flight, for tests and figures. */
    public int destinationCount() {
        return destinations.count();
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
