// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.registration;

import io.agenamq.protocol.command.KeyValueBody;
import io.agenamq.protocol.command.QueueData;
import io.agenamq.protocol.command.RegisterBrokerBody;
import io.agenamq.protocol.command.RegisterBrokerRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.command.TopicRequest;
import io.agenamq.protocol.command.TopicRouteData;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the name servers informed: at start, at once after every change of the topics, every half minute, and as soon as a name server that
 * was away can be reached again; name servers keep nothing on disk, so a restarted one knows no broker until it is told.
 *
 * <p>A registration (code 103) names all topics. A topic that is new or different is announced alone (code 217), so that the ten-thousandth
 * topic costs what the first did; the next registration, half a minute later at most, says the same again. To each name server one
 * registration or a few announcements are under way at most; what changes meanwhile is sent when they are done, as one registration if it is
 * much. Who must not go on before a change is known everywhere asks {@link #whenAnnounced}.
 *
 * <p>All state belongs to the timer thread, which the executor given to the constructor is; {@link #topicsChanged}, {@link #topicChanged},
 * {@link #whenAnnounced}, {@link #registeredWith} and {@link #close} may be called by any thread. Failures are logged when a name server
 * becomes unreachable or refuses, not at every try.
 */
public final class Registrar implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

    /** A broker that was not heard of for this long is dropped by a name server; four lost messages. */
    private static final Duration HEARTBEAT_TIMEOUT = Duration.ofMinutes(2);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    /** A client that waits to be told about its new topic does not wait longer than this; its own time-out is 3 s. */
    private static final Duration ANNOUNCEMENT_PATIENCE = Duration.ofSeconds(1);

    private static final Duration UNREGISTER_TIMEOUT = Duration.ofSeconds(2);

    /** From this size a registration is compressed, well below the longest frame. */
    private static final int UNCOMPRESSED_BYTES_MAX = 4 * 1024 * 1024;

    private static final long PRIMARY_ID = 0;

    /** More changed topics than this are said with one registration of all. */
    private static final int ANNOUNCED_TOGETHER_MAX = 16;

    private final RemotingClient client;
    private final Registered broker;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final long periodNanos;
    private final Duration timeout;
    private final List<Link> links = new ArrayList<>();
    private final CompletableFuture<HostPort> first = new CompletableFuture<>();

    /** The broker that is registered, as it is at the moment. Asked on the timer thread, and by {@link #close}. */
    public interface Registered {

        /** All that name servers are told. */
        Registration registration();

        /** One topic as name servers are told of it. */
        QueueData queuesOf(TopicConfig topic);

        /**
         * A name server, in its answer to a registration, names the topics that it keeps an order configuration of. On the timer thread.
         *
         * @throws ProtocolException if that cannot be noted now; the next registration brings it again
         */
        void ordered(Set<String> topicNames);
    }

    /**
     * Registers nothing yet; see {@link #tick}.
     *
     * @param timer runs tasks one after the other on the broker's timer thread
     */
    public Registrar(
            RemotingClient client,
            List<HostPort> nameServers,
            Registered broker,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            Duration period,
            Duration timeout) {
        this.client = client;
        this.broker = broker;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.periodNanos = period.toNanos();
        this.timeout = timeout;
        for (HostPort address : nameServers) {
            links.add(new Link(address));
        }
    }

    /** Does what is due: connects where there is no connection, registers where it is time. To be called once a second on the timer thread. */
    public void tick() {
        long now = nanoClock.getAsLong();
        for (Link link : links) {
            if (!link.isConnected()) {
                link.connect();
            } else if (now - link.registeredAtNanos >= periodNanos) {
                link.topicsChanged();
            }
        }
    }

    /** Topics went away, or permissions changed: every name server is told everything. Any thread. */
    public void topicsChanged() {
        onTimer(() -> links.stream().filter(Link::isConnected).forEach(Link::topicsChanged));
    }

    /** One topic is new, or different: every name server is told. Any thread. */
    public void topicChanged(TopicConfig topic) {
        onTimer(() -> links.stream().filter(Link::isConnected).forEach(link -> link.topicChanged(topic)));
    }

    /** Runs {@code task} once, on the timer thread, when all name servers that can be reached know of the changes before this call. Any thread. */
    public void whenAnnounced(Runnable task) {
        // Behind the task of topicsChanged, which the same caller has queued before.
        onTimer(() -> {
            Announcement announcement = new Announcement(task);
            for (Link link : links) {
                link.await(announcement);
            }
            if (announcement.missing == 0) {
                announcement.finish();
            } else {
                var unused =
                        timer.schedule(announcement::finish, ANNOUNCEMENT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        });
    }

    /** Completed with the first name server that took a registration. */
    public CompletableFuture<HostPort> first() {
        return first;
    }

    /** The name servers that took the latest registration they were sent. Any thread. */
    public List<HostPort> registeredWith() {
        return links.stream()
                .filter(link -> link.registered)
                .map(link -> link.address)
                .toList();
    }

    /** Tells the name servers that this broker is going away, and waits shortly for their answers. Any thread but the timer's. */
    @Override
    public void close() {
        List<CompletableFuture<Frame>> calls = new ArrayList<>();
        for (Link link : links) {
            Connection connection = link.connection;
            if (connection != null && connection.isOpen()) {
                Registration leaving = broker.registration();
                Header header = out -> {
                    out.put("brokerName", leaving.brokerName());
                    out.put("brokerAddr", leaving.address().toString());
                    out.put("clusterName", leaving.clusterName());
                    out.put("brokerId", PRIMARY_ID);
                };
                calls.add(connection.call(RequestCode.UNREGISTER_BROKER, header, Body.EMPTY, UNREGISTER_TIMEOUT));
            }
        }
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                .handle((done, failure) -> null)
                .join();
    }

    /** Runs a task on the timer thread, which would keep a failure to itself. */
    private void onTimer(Runnable task) {
        timer.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException bug) {
                LOG.error("a step of the registration failed", bug);
            }
        });
    }

    /** A task that waits until some name servers have answered. Belongs to the timer thread. */
    private static final class Announcement {

        private final Runnable task;
        private int missing;
        private boolean finished;

        Announcement(Runnable task) {
            this.task = task;
        }

        void reached() {
            missing--;
            if (missing == 0) {
                finish();
            }
        }

        void finish() {
            if (!finished) {
                finished = true;
                task.run();
            }
        }
    }

    /** One name server. Its fields are written by the timer thread only; the volatile ones are read by others. */
    private final class Link {

        private final HostPort address;
        private volatile @Nullable Connection connection;
        private volatile boolean registered;
        private boolean connecting;

        /** A registration, or announcements, are under way. */
        private boolean telling;

        /** What has changed and was not sent yet: everything, or these topics. */
        private boolean allDue;

        private final List<TopicConfig> topicsDue = new ArrayList<>();
        private boolean complained;
        private long registeredAtNanos;

        /** Who waits for what is under way, and for what comes after it. */
        private List<Announcement> awaitCurrent = new ArrayList<>();

        private List<Announcement> awaitNext = new ArrayList<>();

        Link(HostPort address) {
            this.address = address;
        }

        boolean isConnected() {
            Connection present = connection;
            return present != null && present.isOpen();
        }

        void await(Announcement announcement) {
            if (isConnected() && telling) {
                announcement.missing++;
                (isAnythingDue() ? awaitNext : awaitCurrent).add(announcement);
            }
        }

        private boolean isAnythingDue() {
            return allDue || !topicsDue.isEmpty();
        }

        void topicsChanged() {
            allDue = true;
            topicsDue.clear();
            tellWhatIsDue();
        }

        void topicChanged(TopicConfig topic) {
            if (!registered || topicsDue.size() == ANNOUNCED_TOGETHER_MAX) {
                topicsChanged();
            } else if (!allDue) {
                topicsDue.add(topic);
                tellWhatIsDue();
            }
        }

        private void tellWhatIsDue() {
            Connection present = connection;
            if (present == null || telling) {
                return;
            }
            if (allDue) {
                register(present);
            } else if (!topicsDue.isEmpty()) {
                announce(present);
            }
        }

        void connect() {
            if (connecting) {
                return;
            }
            connecting = true;
            var unused = client.connect(address, CONNECT_TIMEOUT)
                    .whenComplete((opened, failure) -> onTimer(() -> {
                        connecting = false;
                        if (opened == null) {
                            registered = false;
                            complain("cannot reach name server " + address + ": " + reason(failure)
                                    + "; trying again every second");
                            return;
                        }
                        connection = opened;
                        release();
                        release();
                        telling = false;
                        opened.onClose(() -> registered = false);
                        topicsChanged();
                    }));
        }

        private void register(Connection present) {
            telling = true;
            allDue = false;
            registeredAtNanos = nanoClock.getAsLong();
            Registration registration = broker.registration();
            RegisterBrokerBody topics =
                    new RegisterBrokerBody(registration.version(), registration.topics(), List.of());
            Body body = topics.toBody();
            boolean compressed = body.length() > UNCOMPRESSED_BYTES_MAX;
            if (compressed) {
                body = Body.of(topics.toCompressed());
            }
            RegisterBrokerRequest request = new RegisterBrokerRequest(
                    registration.brokerName(),
                    registration.address().toString(),
                    registration.clusterName(),
                    new HostPort(
                                    registration.address().host(),
                                    Math.min(65_535, registration.address().port() + 1))
                            .toString(),
                    PRIMARY_ID,
                    HEARTBEAT_TIMEOUT.toMillis(),
                    false,
                    compressed,
                    0);
            var unused = present.call(RequestCode.REGISTER_BROKER, request, body, timeout)
                    .whenComplete((answer, failure) -> onTimer(() -> answered(present, answer, failure)));
        }

        private void answered(Connection asked, @Nullable Frame answer, @Nullable Throwable failure) {
            if (asked != connection) {
                return;
            }
            if (answer != null && answer.code() == ResponseCode.SUCCESS) {
                if (complained || !registered) {
                    LOG.info("registered with name server {}", address);
                }
                registered = true;
                complained = false;
                first.complete(address);
                takeOrder(answer);
            } else {
                registered = false;
                complain("name server " + address + " did not take the registration: "
                        + (answer != null ? answer.remark() : reason(failure)));
            }
            told();
        }

        /** Without a body the name server says nothing about order: it keeps no configuration of any topic. */
        private void takeOrder(Frame answer) {
            if (!answer.body().hasRemaining()) {
                return;
            }
            try {
                broker.ordered(KeyValueBody.parse(answer.body()).table().keySet());
            } catch (ProtocolException refused) {
                LOG.warn("the order configuration of name server {} is not taken: {}", address, refused.getMessage());
            }
        }

        private void announce(Connection present) {
            telling = true;
            List<CompletableFuture<Frame>> calls = new ArrayList<>();
            for (TopicConfig topic : topicsDue) {
                TopicRouteData route = new TopicRouteData(null, List.of(broker.queuesOf(topic)), List.of());
                calls.add(present.call(
                        RequestCode.REGISTER_TOPIC_IN_NAMESRV,
                        new TopicRequest(topic.topicName()),
                        route.toBody(),
                        timeout));
            }
            topicsDue.clear();
            var unused = CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                    .whenComplete((done, failure) -> onTimer(() -> announced(present, calls, failure == null)));
        }

        private void announced(Connection asked, List<CompletableFuture<Frame>> calls, boolean answered) {
            if (asked != connection) {
                return;
            }
            if (!answered || calls.stream().anyMatch(call -> call.join().code() != ResponseCode.SUCCESS)) {
                // Whatever is wrong, a registration says everything, and complains if that fails as well.
                allDue = true;
                topicsDue.clear();
            }
            told();
        }

        /** What was under way is over. */
        private void told() {
            telling = false;
            release();
            tellWhatIsDue();
        }

        /** Those who wait for what was under way go on, and those who wait for what comes next move up. */
        private void release() {
            List<Announcement> done = awaitCurrent;
            awaitCurrent = awaitNext;
            awaitNext = new ArrayList<>();
            done.forEach(Announcement::reached);
        }

        private void complain(String message) {
            if (!complained) {
                complained = true;
                LOG.warn("{}", message);
            }
        }

        private static String reason(@Nullable Throwable failure) {
            return failure == null ? "no answer" : String.valueOf(failure.getMessage());
        }
    }
}
