// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.HeartbeatBody;
import io.agenamq.protocol.command.JmsAcknowledgeRequest;
import io.agenamq.protocol.command.JmsAttachRequest;
import io.agenamq.protocol.command.JmsAttachResponse;
import io.agenamq.protocol.command.JmsAttachment;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchCheck;
import io.agenamq.protocol.command.JmsBranchDecideRequest;
import io.agenamq.protocol.command.JmsBranchEndRequest;
import io.agenamq.protocol.command.JmsBranchEndResponse;
import io.agenamq.protocol.command.JmsBranchForgetRequest;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.protocol.command.JmsBranchPrepareRequest;
import io.agenamq.protocol.command.JmsBranchPrepareResponse;
import io.agenamq.protocol.command.JmsBranchRecoverRequest;
import io.agenamq.protocol.command.JmsBranchesBody;
import io.agenamq.protocol.command.JmsBrowseRequest;
import io.agenamq.protocol.command.JmsBrowseResponse;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsCommitRequest;
import io.agenamq.protocol.command.JmsCreateTemporaryRequest;
import io.agenamq.protocol.command.JmsCreditRequest;
import io.agenamq.protocol.command.JmsDeliveries;
import io.agenamq.protocol.command.JmsDelivery;
import io.agenamq.protocol.command.JmsDetachRequest;
import io.agenamq.protocol.command.JmsFailure;
import io.agenamq.protocol.command.JmsGroupJoinRequest;
import io.agenamq.protocol.command.JmsLoginRequest;
import io.agenamq.protocol.command.JmsLoginResponse;
import io.agenamq.protocol.command.JmsOutcomeRequest;
import io.agenamq.protocol.command.JmsOutcomeResponse;
import io.agenamq.protocol.command.JmsOutcomeResponse.Outcome;
import io.agenamq.protocol.command.JmsPlaces;
import io.agenamq.protocol.command.JmsProbeRequest;
import io.agenamq.protocol.command.JmsReleaseRequest;
import io.agenamq.protocol.command.JmsResolveRequest;
import io.agenamq.protocol.command.JmsRollbackRequest;
import io.agenamq.protocol.command.JmsSettleRequest;
import io.agenamq.protocol.command.JmsSettled;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.command.JmsTransactionSendRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.ConnectionListener;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import io.agenamq.remoting.Request;
import io.agenamq.remoting.SharedLoops;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link Wire} over the network.
 *
 * <p>One channel per broker, opened when first needed and kept alive by heartbeats. Where a destination lives, the {@link HomeFinder} knows.
 */
final class RemotingWire implements Wire {

    private static final Logger LOG = LoggerFactory.getLogger(RemotingWire.class);

    /** Producer group of all JMS producers, for those who look at connections from RocketMQ's side. */
    private static final String PRODUCER_GROUP = "AGENA_JMS";

    /** Less than half of the time after which a silent connection is closed. */
    private static final int HEARTBEAT_SECONDS = 45;

    private static final int BROWSE_BYTES = 1024 * 1024;

    /** Whoever has given up waiting wants to know for so long whether it was done after all. */
    private static final Duration LATE_ANSWER_MAX = Duration.ofMinutes(10);

    private static final CompletableFuture<Void> SENT = CompletableFuture.completedFuture(null);

    private final LinkConfig config;
    private final String clientId;
    private final Runnable afterClose;
    private final RemotingClient client;
    private final NameServers nameServers;
    private final HomeFinder homes;
    private final ClusterNames names;
    private final AtomicInteger lastConsumer = new AtomicInteger();
    private final Map<Integer, RemotingConsumer> consumers = new ConcurrentHashMap<>();
    private volatile Checked checkListener = (broker, group, branch) -> {};
    private final RemotingTemporaries temporaries = new RemotingTemporaries(this::call);

    /**
     * A wire that has not connected yet.
     *
     * @param clientId shown by brokers; unique
     * @param loops its event loops
     * @param afterClose run when it was closed
     */
    RemotingWire(LinkConfig config, String clientId, SharedLoops loops, Runnable afterClose) {
        this.config = config;
        this.afterClose = afterClose;
        this.clientId = clientId;
        HandlerTable pushes = new HandlerTable()
                .register(JmsCode.DELIVER, this::delivered)
                .register(JmsCode.BRANCH_CHECK, this::checked);
        this.client =
                new RemotingClient(RemotingClientConfig.defaults(), loops, pushes, new Connections(), this::login);
        this.nameServers = new NameServers(client, config.nameServers(), config.requestTimeout());
        this.homes = new HomeFinder(client, nameServers, config.requestTimeout());
        this.names = new ClusterNames(client, nameServers, config.requestTimeout());
    }

    @Override
    public CompletableFuture<Void> open() {
        return nameServers
                .brokers()
                .thenCompose(brokers -> connectToOneOf(ownTurn(List.copyOf(brokers.values()))))
                .thenApply(connection -> null);
    }

    /** The same in an order of this client's own, so that not all clients come to the first one. */
    private <T> List<T> ownTurn(List<T> brokers) {
        List<T> turned = new ArrayList<>(brokers);
        Collections.rotate(turned, Math.floorMod(clientId.hashCode(), brokers.size()));
        return turned;
    }

    private CompletableFuture<Connection> connectToOneOf(List<HostPort> brokers) {
        return connect(brokers.get(0))
                .exceptionallyCompose(failure -> brokers.size() > 1
                        ? connectToOneOf(brokers.subList(1, brokers.size()))
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Connection> connect(HostPort address) {
        return client.connect(address, config.connectTimeout()).handle((connection, failure) -> {
            if (failure != null) {
                throw Answers.failure(failure);
            }
            return connection;
        });
    }

    /**
     * Every connection to a broker says who it is before it is used, and which client identifier it has, also one that comes back; name servers do not
     * ask.
     */
    private CompletableFuture<Void> login(HostPort address, Connection connection) {
        if (config.nameServers().contains(address)) {
            return CompletableFuture.completedFuture(null);
        }
        Credentials who = config.credentials();
        JmsLoginRequest login = new JmsLoginRequest(who == null ? null : who.user());
        Body password = who == null ? Body.EMPTY : Body.of(who.password().getBytes(StandardCharsets.UTF_8));
        return Answers.map(
                        connection.call(JmsCode.LOGIN, login, password, config.requestTimeout()),
                        frame -> JmsLoginResponse.readFrom(frame.fields()))
                .thenCompose(granted -> {
                    connection.attach(JmsLoginResponse.class, granted);
                    return names.opened(connection);
                });
    }

    @Override
    public CompletableFuture<HostPort> reach(String broker, HostPort lastKnown) {
        return reachAt(lastKnown, broker)
                .exceptionallyCompose(failure -> nameServers.brokers().thenCompose(brokers -> {
                    HostPort now = brokers.get(broker);
                    return now == null || now.equals(lastKnown)
                            ? CompletableFuture.failedFuture(failure)
                            : reachAt(now, broker);
                }));
    }

    /** Somebody else may have the address by now. */
    private CompletableFuture<HostPort> reachAt(HostPort address, String broker) {
        return connect(address).thenApply(connection -> {
            JmsLoginResponse granted = connection.attachment(JmsLoginResponse.class);
            if (granted != null
                    && !granted.broker().isEmpty()
                    && !granted.broker().equals(broker)) {
                throw new ClientException(
                        Reason.UNREACHABLE, "at " + address + " is broker " + granted.broker() + " and not " + broker);
            }
            return address;
        });
    }

    @Override
    public boolean isConnected(HostPort broker) {
        return client.connected(broker) != null;
    }

    @Override
    public CompletableFuture<Route> resolve(String name, DestinationKind kind, boolean create) {
        return homes.resolve(name, kind, create);
    }

    @Override
    public CompletableFuture<Void> send(Route route, OutgoingMessage message) {
        HostPort address = route.homeOf(message.lane()).address();
        Connection connection = client.connected(address);
        if (connection == null) {
            return CompletableFuture.failedFuture(
                    new ClientException(Reason.UNREACHABLE, "there is no connection to " + address));
        }
        SendMessageRequest request = request(route, message);
        Header header = !waitsForDisk(message.durable())
                ? request
                : out -> {
                    request.writeTo(out);
                    out.put("dur", 1);
                };
        CompletableFuture<Frame> answer =
                connection.call(RequestCode.SEND_MESSAGE_V2, header, Body.of(message.body()), config.requestTimeout());
        return Answers.map(answer, frame -> null);
    }

    private static SendMessageRequest request(Route route, OutgoingMessage message) {
        return new SendMessageRequest(
                PRODUCER_GROUP,
                route.topic(),
                // No pattern: a destination that was deleted does not come back as a native topic.
                "",
                0,
                route.queueOf(message.lane()),
                0,
                message.bornTimestamp(),
                0,
                message.properties(),
                0,
                false,
                SendMessageRequest.MAX_RECONSUME_TIMES_UNSET,
                false,
                null);
    }

    @Override
    public CompletableFuture<Void> send(
            JmsTransaction transaction, int index, Route route, OutgoingMessage message, boolean answered) {
        HostPort address = route.homeOf(message.lane()).address();
        Connection connection = client.connected(address);
        if (connection == null) {
            return CompletableFuture.failedFuture(
                    new ClientException(Reason.UNREACHABLE, "there is no connection to " + address));
        }
        Header header = new JmsTransactionSendRequest(transaction, index, request(route, message));
        Body body = Body.of(message.body());
        if (!answered) {
            connection.push(JmsCode.TRANSACTION_SEND, header, body);
            return SENT;
        }
        return Answers.map(
                connection.call(JmsCode.TRANSACTION_SEND, header, body, config.requestTimeout()), frame -> null);
    }

    @Override
    public CompletableFuture<Void> commit(
            Route.Home home, JmsTransaction transaction, int messages, List<Link.Settled> settled, boolean durable) {
        JmsCommitRequest commit = new JmsCommitRequest(transaction, messages, waitsForDisk(durable));
        return settle(home, JmsCode.COMMIT, commit, settled, frame -> null);
    }

    /** Asks for something about deliveries, over the connection that all their consumers have. */
    private <T> CompletableFuture<T> settle(
            Route.Home home, int code, Header header, List<Link.Settled> settled, Function<Frame, T> read) {
        Connection connection = client.connected(home.address());
        List<JmsSettled> deliveries = new ArrayList<>(settled.size());
        for (Link.Settled each : settled) {
            if (!(each.consumer() instanceof RemotingConsumer consumer)) {
                throw new IllegalArgumentException("not a consumer of this wire: " + each.consumer());
            }
            if (consumer.connection != connection) {
                connection = null;
                break;
            }
            deliveries.add(new JmsSettled(consumer.id, each.from(), each.to(), each.count()));
        }
        if (connection == null) {
            return CompletableFuture.failedFuture(new ClientException(
                    Reason.TRANSACTION_ROLLED_BACK, "the connection to " + home.address() + " was lost"));
        }
        return Answers.map(connection.call(code, header, JmsSettled.write(deliveries), config.requestTimeout()), read);
    }

    @Override
    public CompletableFuture<Long> end(
            Route.Home home,
            JmsBranch branch,
            JmsTransaction part,
            int messages,
            List<Link.Settled> settled,
            Duration timeout) {
        int seconds = (int) Math.min(Integer.MAX_VALUE, timeout.toSeconds());
        return settle(
                home,
                JmsCode.BRANCH_END,
                new JmsBranchEndRequest(branch, part, messages, false, seconds),
                settled,
                frame -> JmsBranchEndResponse.readFrom(frame.fields()).life());
    }

    @Override
    public CompletableFuture<Boolean> prepare(Route.Home home, JmsBranch branch, String decider, long life) {
        return call(
                home.address(),
                JmsCode.BRANCH_PREPARE,
                new JmsBranchPrepareRequest(branch, decider, life),
                frame -> JmsBranchPrepareResponse.readFrom(frame.fields()).readOnly());
    }

    @Override
    public CompletableFuture<Void> decide(
            Route.Home home, JmsBranch branch, boolean commit, boolean onePhase, long life) {
        JmsBranchDecideRequest decision =
                new JmsBranchDecideRequest(branch, commit, onePhase, waitsForDisk(true), life);
        return call(home.address(), JmsCode.BRANCH_DECIDE, decision, frame -> null);
    }

    @Override
    public CompletableFuture<Void> announce(Route.Home home, JmsBranch branch, boolean commit) {
        JmsBranchDecideRequest decision = new JmsBranchDecideRequest(branch, commit, false, false, 0);
        return call(home.address(), JmsCode.BRANCH_DECIDE, decision, frame -> null);
    }

    @Override
    public CompletableFuture<Void> join(Route.Home home, String group) {
        return call(home.address(), JmsCode.GROUP_JOIN, new JmsGroupJoinRequest(group), frame -> null);
    }

    @Override
    public void onCheck(Checked listener) {
        checkListener = listener;
    }

    /** A broker asks, on the event loop. */
    private void checked(Request request) {
        JmsBranchCheck check = JmsBranchCheck.readFrom(request.frame().fields());
        JmsLoginResponse granted = request.connection().attachment(JmsLoginResponse.class);
        if (granted != null) {
            checkListener.asked(granted.broker(), check.group(), check.branch());
        }
    }

    @Override
    public CompletableFuture<List<JmsBranchInfo>> recover(Route.Home home, JmsBranch.Kind kind) {
        return call(
                home.address(),
                JmsCode.BRANCH_RECOVER,
                new JmsBranchRecoverRequest(kind),
                frame -> JmsBranchesBody.parse(frame.body()).branches());
    }

    @Override
    public CompletableFuture<Void> forget(Route.Home home, JmsBranch branch) {
        return call(home.address(), JmsCode.BRANCH_FORGET, new JmsBranchForgetRequest(branch), frame -> null);
    }

    @Override
    public void rollback(Route.Home home, JmsTransaction transaction) {
        Connection connection = client.connected(home.address());
        if (connection != null) {
            connection.push(JmsCode.ROLLBACK, new JmsRollbackRequest(transaction), Body.EMPTY);
        }
    }

    @Override
    public CompletableFuture<Outcome> outcome(Route.Home home, JmsTransaction transaction, Duration inDoubt) {
        return call(
                home.address(),
                JmsCode.OUTCOME,
                new JmsOutcomeRequest(transaction, inDoubt.toMillis()),
                frame -> JmsOutcomeResponse.readFrom(frame.fields()).outcome());
    }

    @Override
    public CompletableFuture<WireConsumer.Attached> attach(
            Route.Home home,
            ConsumerSpec spec,
            int number,
            int generation,
            int messages,
            int bytes,
            DeliverySink sink) {
        int id = lastConsumer.incrementAndGet();
        return connect(home.address()).thenCompose(connection -> {
            RemotingConsumer consumer = new RemotingConsumer(id, connection, sink);
            // Known before the request leaves, because deliveries may come before the answer.
            consumers.put(id, consumer);
            JmsAttachRequest attach = new JmsAttachRequest(
                    id,
                    spec.topic(),
                    spec.kind(),
                    spec.selector(),
                    spec.exceptPrefix(),
                    spec.subscription(),
                    spec.start(),
                    new JmsAttachment(clientId, number, generation),
                    messages,
                    bytes);
            CompletableFuture<WireConsumer.Attached> answer =
                    Answers.map(connection.call(JmsCode.ATTACH, attach, Body.EMPTY, LATE_ANSWER_MAX), frame -> {
                        JmsAttachResponse attached = JmsAttachResponse.readFrom(frame.fields());
                        return new WireConsumer.Attached(consumer, attached.resumed(), attached.subscription());
                    });
            return inTime(connection, answer, late -> {
                        var unused = late.consumer().detach(0, true);
                    })
                    .whenComplete((attached, failure) -> {
                        if (failure != null) {
                            consumers.remove(id);
                        }
                    });
        });
    }

    /**
     * The answer if it comes within the time for requests. What comes later was done all the same, and {@code undo} is told: a consumer that nobody
     * knows of would keep messages, and its subscription, until the connection ends.
     */
    private <T> CompletableFuture<T> inTime(Connection connection, CompletableFuture<T> answer, Consumer<T> undo) {
        CompletableFuture<T> inTime = new CompletableFuture<>();
        if (connection.executor() instanceof ScheduledExecutorService loop) {
            ClientException late =
                    new ClientException(Reason.TIMED_OUT, "no answer from " + connection.remoteAddress() + " in time");
            try {
                var timer = loop.schedule(
                        () -> inTime.completeExceptionally(late),
                        config.requestTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
                var unused = inTime.whenComplete((value, failure) -> timer.cancel(false));
            } catch (RejectedExecutionException closed) {
                // Then the call fails by itself.
            }
        }
        var unused = answer.whenComplete((value, failure) -> {
            if (failure != null) {
                inTime.completeExceptionally(ClientException.of(failure));
            } else if (!inTime.complete(value)) {
                undo.accept(value);
            }
        });
        return inTime;
    }

    @Override
    public CompletableFuture<Page> browse(
            Route.Home home,
            String topic,
            int queueId,
            @Nullable String selector,
            long offset,
            long until,
            int messages) {
        return call(
                home.address(),
                JmsCode.BROWSE,
                new JmsBrowseRequest(topic, queueId, selector, offset, until, messages, BROWSE_BYTES, false),
                frame -> {
                    JmsBrowseResponse page = JmsBrowseResponse.readFrom(frame.fields());
                    return new Page(frame.body(), page.offset(), page.until());
                });
    }

    @Override
    public CompletableFuture<Void> unsubscribe(String name, @Nullable String clientId, Set<String> expected) {
        return names.unsubscribe(name, clientId, expected);
    }

    @Override
    public CompletableFuture<Void> vacate(Route route, JmsSubscription subscription) {
        return names.vacate(route, subscription);
    }

    @Override
    public CompletableFuture<Route.Home> anyBroker() {
        return nameServers.brokers().thenCompose(brokers -> reachOneOf(ownTurn(List.copyOf(brokers.entrySet()))));
    }

    private CompletableFuture<Route.Home> reachOneOf(List<Map.Entry<String, HostPort>> brokers) {
        Map.Entry<String, HostPort> first = brokers.get(0);
        return connect(first.getValue())
                .thenApply(connection -> new Route.Home(first.getKey(), first.getValue(), 1))
                .exceptionallyCompose(failure -> brokers.size() > 1
                        ? reachOneOf(brokers.subList(1, brokers.size()))
                        : CompletableFuture.failedFuture(failure));
    }

    @Override
    public CompletableFuture<List<Route.Home>> brokers() {
        return nameServers.brokers().thenApply(brokers -> {
            List<Route.Home> homes = new ArrayList<>();
            brokers.forEach((name, address) -> homes.add(new Route.Home(name, address, 1)));
            return homes;
        });
    }

    @Override
    public CompletableFuture<Route.Home> broker(String name) {
        return nameServers.brokers().thenApply(brokers -> {
            HostPort address = brokers.get(name);
            if (address == null) {
                throw new ClientException(Reason.NO_SUCH_DESTINATION, "there is no broker '" + name + "'");
            }
            return new Route.Home(name, address, 1);
        });
    }

    @Override
    public CompletableFuture<Void> createTemporary(HostPort broker, JmsCreateTemporaryRequest wanted, Runnable lost) {
        return connect(broker).thenCompose(connection -> temporaries.create(connection, wanted, lost));
    }

    @Override
    public CompletableFuture<Void> deleteTemporary(HostPort broker, String topic) {
        return connect(broker).thenCompose(connection -> temporaries.delete(connection, topic));
    }

    @Override
    public CompletableFuture<Void> deleteTemporaries(HostPort broker) {
        Connection connection = client.connected(broker);
        return connection == null ? CompletableFuture.completedFuture(null) : temporaries.deleteAll(connection);
    }

    @Override
    public CompletableFuture<Void> requireThere(HostPort broker, String topic, DestinationKind kind) {
        return call(broker, JmsCode.RESOLVE, new JmsResolveRequest(topic, kind, false), frame -> null);
    }

    @Override
    public CompletableFuture<Void> clientId(String id, String owner, boolean held) {
        return held ? names.take(id, owner) : names.giveBack(id, owner);
    }

    @Override
    public void after(Duration delay, Runnable task) {
        client.after(delay, task);
    }

    @Override
    public void close() {
        client.close();
        afterClose.run();
    }

    private <T> CompletableFuture<T> call(HostPort address, int code, Header header, Function<Frame, T> read) {
        return Answers.map(client.call(address, code, header, Body.EMPTY, config.requestTimeout()), read);
    }

    private CompletableFuture<Void> call(Connection connection, int code, Header header) {
        return Answers.map(connection.call(code, header, Body.EMPTY, config.requestTimeout()), frame -> null);
    }

    /** Messages from a broker, on the event loop. */
    private void delivered(Request request) {
        JmsDelivery delivery = JmsDelivery.readFrom(request.frame().fields());
        RemotingConsumer consumer = consumers.get(delivery.consumer());
        if (consumer == null) {
            // It was detached while they were on their way; the broker has them back.
            return;
        }
        ByteBuffer records = request.frame().detach().body();
        long[] sequence = {delivery.sequence()};
        consumer.sink.together(() -> JmsDeliveries.forEach(
                records,
                (count, at, length) ->
                        consumer.sink.delivered(delivery.epoch(), sequence[0]++, count, records, at, length)));
    }

    /** Whether the answer to something durable waits until it is on the disk. */
    private boolean waitsForDisk(boolean durable) {
        return durable && config.waitsForDisk();
    }

    /** Keeps connections alive and notices when they end. */
    private final class Connections implements ConnectionListener {

        @Override
        public void opened(Connection connection) {
            if (connection.executor() instanceof ScheduledExecutorService loop) {
                var beat = loop.scheduleWithFixedDelay(
                        () -> beat(connection), HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
                connection.onClose(() -> beat.cancel(false));
            }
        }

        /** A peer that is gone without a word, or hangs, answers nothing: then the connection is as good as lost. */
        private void beat(Connection connection) {
            Body body = new HeartbeatBody(clientId, List.of(), List.of()).toBody();
            var unused = connection
                    .call(RequestCode.HEART_BEAT, Header.NONE, body, config.requestTimeout())
                    .whenComplete((answer, failure) -> {
                        if (failure != null) {
                            connection.close("it does not answer heartbeats");
                        }
                    });
        }

        @Override
        public void closed(Connection connection) {
            for (RemotingConsumer consumer : List.copyOf(consumers.values())) {
                if (consumer.connection == connection && consumers.remove(consumer.id, consumer)) {
                    lost(consumer);
                }
            }
            temporaries.closed(connection);
        }

        private void lost(RemotingConsumer consumer) {
            try {
                long unused = consumer.sink.lost();
            } catch (RuntimeException | Error e) {
                // No thread for a listener, for instance: the others have lost their connection, too.
                LOG.error("consumer {} could not be told that its connection is lost", consumer.id, e);
            }
        }
    }

    private final class RemotingConsumer implements WireConsumer {

        private final int id;
        private final Connection connection;
        private final DeliverySink sink;

        RemotingConsumer(int id, Connection connection, DeliverySink sink) {
            this.id = id;
            this.connection = connection;
            this.sink = sink;
        }

        @Override
        public void credit(int epoch, int messages, int bytes) {
            connection.push(JmsCode.CREDIT, new JmsCreditRequest(id, epoch, messages, bytes), Body.EMPTY);
        }

        @Override
        public CompletableFuture<Void> acknowledge(
                long from, long to, int epoch, int messages, int bytes, boolean durable) {
            return call(
                    connection,
                    JmsCode.ACKNOWLEDGE,
                    new JmsAcknowledgeRequest(id, from, to, epoch, messages, bytes, waitsForDisk(durable)));
        }

        @Override
        public CompletableFuture<Void> acknowledge(Supplier<Acknowledgement> atLast) {
            return call(connection, JmsCode.ACKNOWLEDGE, out -> {
                Acknowledgement all = atLast.get();
                new JmsAcknowledgeRequest(
                                id,
                                all.from(),
                                all.to(),
                                all.epoch(),
                                all.messages(),
                                all.bytes(),
                                waitsForDisk(all.durable()))
                        .writeTo(out);
            });
        }

        @Override
        public CompletableFuture<Void> settle(long subscription, JmsPlaces places) {
            return Answers.map(
                    connection.call(
                            JmsCode.SETTLE,
                            new JmsSettleRequest(id, subscription),
                            places.toBody(),
                            config.requestTimeout()),
                    frame -> null);
        }

        @Override
        public CompletableFuture<Void> release(
                int epoch, long seen, boolean all, int messages, int bytes, @Nullable JmsFailure failure) {
            return call(
                    connection, JmsCode.RELEASE, new JmsReleaseRequest(id, epoch, seen, all, messages, bytes, failure));
        }

        @Override
        public CompletableFuture<Void> probe(int epoch, int messages, int bytes, boolean drain) {
            return call(connection, JmsCode.PROBE, new JmsProbeRequest(id, epoch, messages, bytes, drain));
        }

        @Override
        public CompletableFuture<Void> detach(long seen, boolean all) {
            // What is still on its way to it comes back to the broker.
            consumers.remove(id);
            return call(connection, JmsCode.DETACH, new JmsDetachRequest(id, seen, all));
        }
    }
}
