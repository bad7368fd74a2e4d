// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.broker.access.Admission;
import io.agenamq.broker.access.UserDirectory;
import io.agenamq.broker.access.UserFile;
import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.FlushDiskType;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.delivery.Alarm;
import io.agenamq.broker.delivery.Deliveries;
import io.agenamq.broker.delivery.DeliveryConfig;
import io.agenamq.broker.delivery.TemporaryLimits;
import io.agenamq.broker.directory.Announcer;
import io.agenamq.broker.directory.GroupDirectory;
import io.agenamq.broker.directory.SystemTopics;
import io.agenamq.broker.directory.TopicDirectory;
import io.agenamq.broker.registration.HomeClaims;
import io.agenamq.broker.registration.Registrar;
import io.agenamq.broker.request.RequestTable;
import io.agenamq.broker.transaction.HalfChecks;
import io.agenamq.broker.transaction.HalfConfig;
import io.agenamq.broker.transaction.HalfMessages;
import io.agenamq.broker.transaction.LocalTransactions;
import io.agenamq.broker.transaction.TransactionConfig;
import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import io.agenamq.remoting.RemotingServer;
import io.agenamq.remoting.RemotingServerConfig;
import io.agenamq.store.Store;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.disk.StoreInUseException;
import io.agenamq.store.hidden.HalfMessage;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker: the composition root of its process. {@link #start} builds every component with plain constructors from top to bottom, opens the
 * store, listens, and begins to register with the name servers; {@link #close} undoes it in reverse. It decides nothing.
 *
 * <p>{@link #start} either returns a broker that serves, or throws with everything undone and one line that says what to do. Name servers that
 * cannot be reached are no reason to fail: the broker goes on trying and serves those who know its address.
 */
public final class BrokerServer implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerServer.class);

    private static final Duration TIMER_PERIOD = Duration.ofMillis(500);
    private static final Duration REGISTRAR_PERIOD = Duration.ofSeconds(1);
    private static final Duration SCAN_PERIOD = Duration.ofSeconds(10);
    private static final Duration USERS_PERIOD = Duration.ofSeconds(1);
    private static final Duration REACHABLE_TIMEOUT = Duration.ofSeconds(3);
    private static final int IO_THREADS_MAX = 8;
    private static final int LOGINS_WAITING_MAX = 256;
    private static final int THREAD_IDLE_SECONDS = 10;

    /** Whatever an option says, open transactions have a quarter of the heap at most: their buffers may be twice as large as what is in them. */
    private static final int TRANSACTION_MEMORY_PART = 4;

    /** All temporary destinations together have a quarter of the heap, so that nobody can make the process run out of it. */
    private static final int TEMPORARY_MEMORY_PART = 4;

    /** Undecided half messages, and the part of the heap that what is known of them may take. */
    private static final long HALVES_MAX = 1_000_000;

    private static final int HALVES_MEMORY_PART = 8;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final BrokerConfig config;
    private final InetSocketAddress address;
    private final HostPort advertised;
    private final Registrar registrar;
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

    /** What was opened, latest first: closed in this order. */
    private final Deque<Closeable> opened;

    private final AtomicBoolean closed = new AtomicBoolean();

    private BrokerServer(
            BrokerConfig config,
            InetSocketAddress address,
            HostPort advertised,
            Registrar registrar,
            Deque<Closeable> opened) {
        this.config = config;
        this.address = address;
        this.advertised = advertised;
        this.registrar = registrar;
        this.opened = opened;
    }

    /**
     * Starts a broker.
     *
     * @param faults decides about bugs; {@link ProcessFaults} in a process of its own
     * @throws StartException if it cannot serve: the port is busy, the store is in use or damaged, a directory cannot be written
     */
    public static BrokerServer start(BrokerConfig config, FaultHandler faults) throws StartException {
        return start(config, () -> FileDisk.at(config.dataDirectory()), usersOf(config), faults);
    }

    private static UserSource usersOf(BrokerConfig config) {
        return () -> UserDirectory.of(UserFile.in(config.dataDirectory()));
    }

    /** The same on another disk, which a test can fill up and break. */
    static BrokerServer start(BrokerConfig config, DiskSource disk, FaultHandler faults) throws StartException {
        return start(config, disk, usersOf(config), faults);
    }

    /** The same with other users. */
    static BrokerServer start(BrokerConfig config, DiskSource disk, UserSource users, FaultHandler faults)
            throws StartException {
        Deque<Closeable> opened = new ArrayDeque<>();
        try {
            return open(config, disk.get(), users.get(), faults, opened);
        } catch (IOException failed) {
            closeAll(opened);
            throw new StartException(oneLine(config, failed), failed);
        } catch (RuntimeException | Error failed) {
            closeAll(opened);
            throw failed;
        }
    }

    /** Where the disk comes from; making a directory may fail. */
    @FunctionalInterface
    interface DiskSource {
        Disk get() throws IOException;
    }

    /** Where the users come from; reading a file may fail. */
    @FunctionalInterface
    interface UserSource {
        UserDirectory get() throws IOException;
    }

    private static BrokerServer open(
            BrokerConfig config, Disk disk, UserDirectory users, FaultHandler faults, Deque<Closeable> opened)
            throws IOException {
        InstantSource clock = InstantSource.system();
        LongSupplier nanoClock = System::nanoTime;
        LiveSettings settings = new LiveSettings(config.settings());

        StoreConfig storeConfig = config.store();
        Store store = Store.open(storeConfig, disk, clock, faults);
        opened.push(store);

        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("agena-timer"));
        timer.setRemoveOnCancelPolicy(true);
        opened.push(() -> stop(timer));
        RemotingClient client = new RemotingClient(
                RemotingClientConfig.defaults().withThreadName("agena-registrar-io"), new HandlerTable());
        opened.push(client);

        // Changes of topics and options reach the registrar, which needs the address, which is known only when the
        // server listens.
        AtomicLong permissionChanges = new AtomicLong();
        LaterAnnouncer announcer = new LaterAnnouncer();
        TopicDirectory topics =
                new TopicDirectory(store.topics(), settings, new SystemTopics(config.settings()), announcer);
        GroupDirectory groups = new GroupDirectory(store.groups(), settings);
        Deliveries deliveries = new Deliveries(
                deliveryConfig(config),
                store,
                new Destinations(topics),
                new HomeClaims(
                        client,
                        config.get(BrokerOptions.BROKER_NAME),
                        config.nameServers(),
                        config.get(BrokerOptions.REGISTER_TIMEOUT)),
                clock,
                () -> ThreadLocalRandom.current().nextDouble(),
                alarm(timer, clock),
                faults,
                named("agena-queue"));
        opened.push(deliveries);
        LocalTransactions transactions = new LocalTransactions(
                new TransactionConfig(
                        Math.min(
                                config.get(BrokerOptions.TRANSACTION_MEMORY),
                                Runtime.getRuntime().maxMemory() / TRANSACTION_MEMORY_PART),
                        config.get(BrokerOptions.TRANSACTION_BYTES),
                        config.get(BrokerOptions.TRANSACTION_MESSAGES),
                        storeConfig.log().batchBytesMax(),
                        config.get(BrokerOptions.TRANSACTION_TIMEOUT).toMillis(),
                        config.get(BrokerOptions.TRANSACTION_IN_DOUBT_WARN).toMillis(),
                        config.get(BrokerOptions.HALF_MESSAGE_TIMEOUT).toMillis(),
                        config.get(BrokerOptions.HALF_MESSAGE_CHECK_INTERVAL).toMillis()),
                store,
                deliveries,
                clock);
        HalfConfig halfConfig = halfConfig(config);
        HalfMessages halves = new HalfMessages(halfConfig, store);
        transactions.branches().restore();
        RequestTable requests = new RequestTable(
                store,
                topics,
                groups,
                transactions,
                halves,
                settings,
                storeConfig.log().batchBytesMax(),
                hotBytes(config),
                new UniqueKeys(
                        InetAddress.getLoopbackAddress(),
                        ProcessHandle.current().pid(),
                        ThreadLocalRandom.current().nextInt(),
                        clock),
                clock,
                nanoClock,
                new JakartaRequests(deliveries, transactions.branches()),
                () -> {
                    permissionChanges.incrementAndGet();
                    createSystemTopics(topics);
                    announcer.changed();
                },
                BrokerServer::named);
        opened.push(requests::close);
        ThreadPoolExecutor checks = onDemand("agena-check", 1);
        opened.push(() -> stop(checks));
        HalfChecks halfChecks = new HalfChecks(
                halfConfig,
                store,
                halves,
                requests::producers,
                topics::ensureGivenUpHalvesTopic,
                clock,
                checks,
                faults);
        store.onArrival(requests::arrived);
        store.onArrival((queue, newMaxOffset) -> deliveries.arrived(queue));

        HandlerTable handlers = new HandlerTable();
        requests.enterInto(handlers);
        deliveries.register(handlers);
        transactions.register(handlers);
        halves.register(handlers);
        if (config.listen().port() != 0) {
            // Set before the first message can arrive; with a picked port nobody knows the address before the next
            // lines.
            store.log().storeHost(storeHost(config, config.listen().port()));
        }
        createSystemTopics(topics);
        ThreadPoolExecutor logins = onDemand("agena-login", LOGINS_WAITING_MAX);
        opened.push(logins::shutdownNow);
        Admission admission = new Admission(
                config.get(BrokerOptions.BROKER_NAME),
                config.get(BrokerOptions.ANONYMOUS_ACCESS),
                users,
                logins,
                new SecureRandom(),
                nanoClock);
        RemotingServer server = RemotingServer.start(
                remotingConfig(config),
                admission.guard(handlers),
                new ConnectionEvents(admission, requests.connections(), deliveries, transactions, halves));
        opened.push(server);
        opened.push(requests::stopping);
        InetSocketAddress address = server.address();
        HostPort advertised = new HostPort(advertisedHost(config), advertisedPort(config, address.getPort()));
        store.log().storeHost(storeHost(config, address.getPort()));

        Registrar registrar = new Registrar(
                client,
                config.nameServers(),
                new RegisteredBroker(settings, topics, store.topics(), advertised, permissionChanges::get),
                timer,
                nanoClock,
                config.get(BrokerOptions.REGISTER_PERIOD),
                config.get(BrokerOptions.REGISTER_TIMEOUT));
        announcer.registrar = registrar;
        opened.push(registrar::close);
        every(timer, REGISTRAR_PERIOD, faults, registrar::tick);
        every(timer, TIMER_PERIOD, faults, requests::expireWaiting);
        every(timer, TIMER_PERIOD, faults, halfChecks::wake);
        every(timer, TIMER_PERIOD, faults, transactions.branches()::tick);
        every(timer, SCAN_PERIOD, faults, requests::forgetSilent);
        every(timer, USERS_PERIOD, faults, admission::expel);
        BrokerServer broker = new BrokerServer(config, address, advertised, registrar, opened);
        for (String warning : admission.warnings(
                !address.getAddress().isLoopbackAddress(),
                config.dataDirectory().toString())) {
            broker.warn(warning);
        }
        broker.checkAdvertised(client);
        return broker;
    }

    /** Where it listens, with the port that was picked if none was asked for. */
    public InetSocketAddress address() {
        return address;
    }

    /** Where clients are told to connect to. */
    public HostPort advertised() {
        return advertised;
    }

    /** The broker's name. */
    public String name() {
        return config.get(BrokerOptions.BROKER_NAME);
    }

    /** What it was configured with. */
    public BrokerConfig config() {
        return config;
    }

    /** The name servers that know it now. */
    public List<HostPort> registeredWith() {
        return registrar.registeredWith();
    }

    /** Waits until a name server knows this broker; false if none does when the time is up, or none is configured. */
    public boolean awaitRegistration(Duration timeout) throws InterruptedException {
        if (config.nameServers().isEmpty()) {
            return false;
        }
        try {
            registrar.first().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (java.util.concurrent.ExecutionException impossible) {
            throw new IllegalStateException("the first registration only ever succeeds", impossible);
        }
    }

    /** What the operator should know although the broker serves; one line each. May grow within the first seconds. */
    public List<String> warnings() {
        synchronized (warnings) {
            return List.copyOf(warnings);
        }
    }

    /** Unregisters, stops serving, and closes the store. Closing twice is closing once. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            closeAll(opened);
        }
    }

    /** Dials the advertised address: clients that cannot reach it fail after a successful look-up, which is hard to understand. */
    private void checkAdvertised(RemotingClient client) {
        var unused = client.connect(advertised, REACHABLE_TIMEOUT).whenComplete((connection, failure) -> {
            if (failure == null) {
                connection.close("the advertised address can be reached");
                return;
            }
            String warning = "advertised address " + advertised
                    + " cannot be reached from here; clients may not reach it either: set --advertise HOST:PORT or brokerIP1";
            warn(warning);
        });
    }

    private void warn(String warning) {
        warnings.add(warning);
        LOG.warn("{}", warning);
    }

    private static void createSystemTopics(TopicDirectory topics) {
        try {
            topics.createSystemTopics();
        } catch (ProtocolException refused) {
            // A full disk: what is there can still be read.
            LOG.warn("cannot create the system topics: {}", refused.getMessage());
        }
    }

    private static RemotingServerConfig remotingConfig(BrokerConfig config) {
        int ioThreads = config.get(BrokerOptions.IO_THREADS);
        int outboundMax = config.get(BrokerOptions.OUTBOUND_BYTES_MAX).intValue();
        Duration idle = config.get(BrokerOptions.CONNECTION_IDLE);
        RemotingServerConfig usual = RemotingServerConfig.listeningOn(config.listen());
        return usual.withIoThreads(
                        ioThreads > 0
                                ? ioThreads
                                : Math.min(IO_THREADS_MAX, Runtime.getRuntime().availableProcessors()))
                .withConnectionCountMax(config.get(BrokerOptions.CONNECTIONS_MAX))
                .withTimeouts(config.get(BrokerOptions.FIRST_REQUEST_TIMEOUT), idle)
                .withOutboundBytes(Math.min(usual.outboundPauseBytes(), outboundMax), outboundMax);
    }

    private static String advertisedHost(BrokerConfig config) throws IOException {
        String wanted = config.get(BrokerOptions.ADVERTISED_HOST);
        if (!wanted.isEmpty()) {
            return wanted;
        }
        InetAddress listening = InetAddress.getByName(config.listen().host());
        return listening.isAnyLocalAddress()
                ? MachineAddress.find().getHostAddress()
                : config.listen().host();
    }

    private static int advertisedPort(BrokerConfig config, int listeningPort) {
        int wanted = config.get(BrokerOptions.ADVERTISED_PORT);
        return wanted != 0 ? wanted : listeningPort;
    }

    /** What records and message ids name: tools connect to it to look a message up. */
    private static InetSocketAddress storeHost(BrokerConfig config, int listeningPort) throws IOException {
        String host = advertisedHost(config);
        try {
            return new InetSocketAddress(InetAddress.getByName(host), advertisedPort(config, listeningPort));
        } catch (java.net.UnknownHostException unknown) {
            throw new IOException(
                    "advertised host '" + host + "' cannot be resolved; set --advertise HOST:PORT or brokerIP1",
                    unknown);
        }
    }

    private static DeliveryConfig deliveryConfig(BrokerConfig config) {
        int graceMillis = (int) config.get(BrokerOptions.REATTACH_GRACE).toMillis();
        return DeliveryConfig.waiting(graceMillis).withTemporaries(temporaryLimits(config));
    }

    private static TemporaryLimits temporaryLimits(BrokerConfig config) {
        return new TemporaryLimits(
                config.get(BrokerOptions.TEMPORARY_DESTINATIONS_MAX),
                config.get(BrokerOptions.TEMPORARY_DESTINATION_BYTES_MAX),
                Runtime.getRuntime().maxMemory() / TEMPORARY_MEMORY_PART);
    }

    private static long hotBytes(BrokerConfig config) {
        var machine = java.lang.management.ManagementFactory.getPlatformMXBean(
                com.sun.management.OperatingSystemMXBean.class);
        return machine.getTotalMemorySize() / 100 * config.get(BrokerOptions.HOT_MEMORY_PERCENT);
    }

    private static String oneLine(BrokerConfig config, IOException failed) {
        if (failed instanceof StoreInUseException) {
            return "cannot open the store in " + config.dataDirectory() + ": " + failed.getMessage();
        }
        String message = failed.getMessage();
        return message == null || message.isBlank() ? "cannot start: " + failed : "cannot start: " + message;
    }

    private static HalfConfig halfConfig(BrokerConfig config) {
        return new HalfConfig(
                config.get(BrokerOptions.REJECT_HALF_MESSAGES),
                config.get(BrokerOptions.HALF_MESSAGE_TIMEOUT),
                config.get(BrokerOptions.HALF_MESSAGE_CHECK_INTERVAL),
                config.get(BrokerOptions.HALF_MESSAGE_CHECKS_MAX),
                config.get(BrokerOptions.RETENTION),
                (int) Math.min(
                        HALVES_MAX, Runtime.getRuntime().maxMemory() / HALVES_MEMORY_PART / HalfMessage.MEMORY_BYTES),
                config.get(BrokerOptions.FLUSH_DISK_TYPE) == FlushDiskType.SYNC_FLUSH,
                config.get(BrokerOptions.BROKER_NAME));
    }

    /** One thread, while there is work for it. */
    private static ThreadPoolExecutor onDemand(String name, int waitingMax) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                1, 1, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waitingMax), named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** What was begun is finished: a thread of the store's must not be interrupted. */
    private static void stop(ThreadPoolExecutor pool) {
        pool.shutdown();
        try {
            if (!pool.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("questions about half messages are still being asked after {} s", STOP_TIMEOUT.toSeconds());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private static void every(ScheduledThreadPoolExecutor timer, Duration period, FaultHandler faults, Runnable step) {
        Runnable guarded = () -> {
            try {
                step.run();
            } catch (RuntimeException bug) {
                // The top of the timer's step: without this a scheduled task would silently never run again.
                faults.fault("a step of the broker's timer failed", bug);
            }
        };
        var unused = timer.scheduleWithFixedDelay(guarded, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Alarm alarm(ScheduledThreadPoolExecutor timer, InstantSource clock) {
        return (epochMillis, task) -> {
            long millis = Math.max(0, epochMillis - clock.millis());
            var unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
        };
    }

    private static void stop(ScheduledThreadPoolExecutor timer) {
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        timer.setRejectedExecutionHandler((task, executor) -> {});
        timer.shutdown();
    }

    private static void closeAll(Deque<Closeable> opened) {
        while (!opened.isEmpty()) {
            Closeable next = opened.pop();
            try {
                next.close();
            } catch (IOException | RuntimeException failed) {
                // The others must be closed all the same; a store that cannot close recovers at the next start.
                LOG.warn("while stopping: {}", failed.toString(), failed);
            }
        }
    }

    /** Passes announcements on to a registrar that is known only when the server listens; until then there is nobody to tell. */
    private static final class LaterAnnouncer implements Announcer {

        private volatile @Nullable Registrar registrar;

        @Override
        public void changed() {
            Registrar present = registrar;
            if (present != null) {
                present.topicsChanged();
            }
        }

        @Override
        public void changed(TopicConfig topic) {
            Registrar present = registrar;
            if (present != null) {
                present.topicChanged(topic);
            }
        }

        @Override
        public void afterwards(Runnable task) {
            Registrar present = registrar;
            if (present != null) {
                present.whenAnnounced(task);
            } else {
                task.run();
            }
        }
    }
}
