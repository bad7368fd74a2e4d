// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.directory.GroupDirectory;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.broker.group.ConsumerGroups;
import io.agenamq.broker.group.Member;
import io.agenamq.broker.group.ProducerGroups;
import io.agenamq.broker.group.QueueLocks;
import io.agenamq.broker.transaction.HalfMessages;
import io.agenamq.broker.transaction.LocalTransactions;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.remoting.ConnectionListener;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.store.Store;
import io.agenamq.store.queue.ConsumeQueue;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/**
 * Everything that answers RocketMQ's requests, put together: the handlers, who is connected, which pulls are held. The composition root enters
 * it into the server's handler table, passes arrivals and connection events to it, and steps its clockwork.
 */
public final class RequestTable implements AutoCloseable {

    private static final int READER_THREADS = 2;
    private static final int READER_WAITING_MAX = 1024;
    private static final int SLOW_THREADS = 2;
    private static final int SLOW_WAITING_MAX = 256;

    private final ProducerGroups producers;
    private final ConsumerGroups consumers;
    private final QueueLocks locks;
    private final BrokerConnections connections;
    private final Throughput throughput;
    private final SlowWork readers;
    private final SlowWork slow;
    private final PullHandler pulls;
    private final HandlerEntries entries;

    @FunctionalInterface
    private interface HandlerEntries {
        void enterInto(HandlerTable table);
    }

    /**
     * Composes.
     *
     * @param batchBytesMax most bytes that the log stores as one batch
     * @param hotBytes the newest bytes of the log that are taken to be in memory
     * @param jakarta the other half of the broker
     * @param settingsChanged called when an operator has changed options
     * @param threads makes a named thread: name prefix to factory
     */
    public RequestTable(
            Store store,
            TopicDirectory topics,
            GroupDirectory groups,
            LocalTransactions transactions,
            HalfMessages halves,
            LiveSettings settings,
            int batchBytesMax,
            long hotBytes,
            UniqueKeys uniqueKeys,
            InstantSource clock,
            LongSupplier nanoClock,
            JakartaDelivery jakarta,
            Runnable settingsChanged,
            NamedThreads threads) {
        Duration expiry = settings.get(BrokerOptions.CLIENT_EXPIRY);
        Filters filters = new Filters(settings);
        MemoryHorizon horizon = new MemoryHorizon(store.log(), hotBytes);
        OffsetResets resets = new OffsetResets();
        locks = new QueueLocks(nanoClock);
        throughput = new Throughput(nanoClock);
        readers = new SlowWork(threads.named("agena-reader"), READER_THREADS, READER_WAITING_MAX);
        slow = new SlowWork(threads.named("agena-admin"), SLOW_THREADS, SLOW_WAITING_MAX);
        ClientHandler clients = new ClientHandler(topics, groups, locks, filters, settings);
        producers = new ProducerGroups(nanoClock, expiry);
        consumers = new ConsumerGroups(nanoClock, expiry, clients);
        Duration flushTimeout = settings.get(BrokerOptions.SYNC_FLUSH_TIMEOUT);
        UnflushedBudget unflushed = new UnflushedBudget(UnflushedBudget.BYTES_MAX);
        connections = new BrokerConnections(
                loop -> new SendBurst(store.log(), loop, nanoClock, flushTimeout, throughput, unflushed),
                producers,
                consumers);
        pulls = new PullHandler(
                store, topics, groups, consumers, filters, settings, readers, horizon, resets, throughput, nanoClock);
        SendHandler sends = new SendHandler(
                topics, groups, locks, settings, store.log(), batchBytesMax, uniqueKeys, clock, jakarta, halves);
        TransactionSendHandler transactionSends = new TransactionSendHandler(sends, transactions);
        transactions.onStored((messages, bytes) -> {
            throughput.messagesIn.add(messages);
            throughput.bytesIn.add(bytes);
        });
        entries = table -> {
            table.register(JmsCode.TRANSACTION_SEND, transactionSends);
            table.register(RequestCode.SEND_MESSAGE, sends);
            table.register(RequestCode.SEND_MESSAGE_V2, sends);
            table.register(RequestCode.SEND_BATCH_MESSAGE, sends);
            table.register(RequestCode.PULL_MESSAGE, pulls);
            table.register(RequestCode.LITE_PULL_MESSAGE, pulls);
            clients.enterInto(table, producers, consumers);
            new OffsetHandler(store, topics, groups, horizon, resets).enterInto(table, slow);
            new QueryHandler(store, settings, clock).enterInto(table, slow);
            new ReplyHandler(topics, producers, settings, store.log(), clock).enterInto(table);
            new RelayHandler(store, consumers, settings).enterInto(table, slow);
            new TopicAdminHandler(store, topics, consumers, pulls, settings, jakarta).enterInto(table, slow);
            new GroupAdminHandler(store, topics, groups, consumers, producers, settings, clock).enterInto(table, slow);
            new BrokerAdminHandler(
                            store,
                            topics,
                            groups,
                            settings,
                            resets,
                            pulls,
                            throughput,
                            slow,
                            readers,
                            clock,
                            jakarta,
                            settingsChanged)
                    .enterInto(table);
            UnavailableHandler.enterInto(table);
        };
    }

    /** Makes factories of threads that are named {@code prefix-1}, {@code prefix-2}, … */
    @FunctionalInterface
    public interface NamedThreads {
        /** The factory for threads of one role. */
        ThreadFactory named(String prefix);
    }

    /** Registers every handler. Called once, before the server starts. */
    public void enterInto(HandlerTable table) {
        entries.enterInto(table);
    }

    /** Who produces for a group and is there. Any thread. */
    public Collection<Member> producers(String group) {
        return producers.members(group);
    }

    /** What the server tells about connections. */
    public ConnectionListener connections() {
        return connections;
    }

    /** Messages of {@code queue} below {@code newEnd} can be read. Called by the appending thread. */
    public void arrived(ConsumeQueue queue, long newEnd) {
        pulls.arrived(queue, newEnd);
    }

    /** Answers what has waited long enough: held pulls, sends that the disk did not confirm. About twice a second. */
    public void expireWaiting() {
        pulls.expireHeld();
        connections.answerLateSends();
    }

    /** Forgets clients and locks that were not renewed, and takes a sample of the throughput. About every ten seconds. */
    public void forgetSilent() {
        producers.dropSilent();
        consumers.dropSilent();
        locks.forgetExpired();
        throughput.sample();
    }

    /** The broker is about to stop: answers who would wait longer than it lives. Returns when the answers are on their way. */
    public void stopping() {
        pulls.refuseFromNowOn();
        connections.awaitTasks();
        // Those that were just about to be held.
        pulls.refuseFromNowOn();
        connections.awaitTasks();
        // The flushes of these answers.
        connections.awaitTasks();
    }

    /** Ends the reader and admin threads; what they have begun is finished. */
    @Override
    public void close() {
        readers.close();
        slow.close();
    }
}
