// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.Route;
import io.agenamq.provider.destination.AgenaDestination;
import io.agenamq.provider.xa.AgenaXAResource;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionConsumer;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection: one {@link Link} that all its sessions share, and the threads their listeners run on. Any thread may use it. Threads exist only
 * while a listener has something to do.
 */
public sealed class AgenaConnection implements Connection
        permits AgenaQueueConnection, AgenaTopicConnection, AgenaXAConnection {

    private static final Logger LOG = LoggerFactory.getLogger(AgenaConnection.class);
    private static final int THREAD_IDLE_SECONDS = 10;

    /** So long a partition that is not there is not looked for again. */
    private static final long INCOMPLETE_NANOS = 2_000_000_000L;

    private final ConnectionParts parts;
    private final ConnectionSettings settings;
    private final Link link;
    private final UniqueKeys messageKeys;
    private final ThreadPoolExecutor threads;
    private final Map<AgenaDestination, Known> routes = new ConcurrentHashMap<>();
    private final AtomicInteger lastLane = new AtomicInteger();
    private final OwnTemporaries temporaries;
    private final Map<String, SendRoom> sendRooms = new ConcurrentHashMap<>();

    // Guarded by this.
    private final List<AgenaSession> sessions = new ArrayList<>();
    private volatile @Nullable String clientId; // read by every send
    private @Nullable ExceptionListener exceptionListener;
    private boolean used;
    private boolean started;
    private boolean closing;
    private boolean closed;

    /** One call of the exception listener at a time. */
    private final Object exceptionCalls = new Object();

    /** A way to a destination, and when it was found. */
    private record Known(Route route, long atNanos) {}

    /** A connection over a link that is open. */
    AgenaConnection(ConnectionParts parts) {
        this.parts = parts;
        this.settings = parts.settings();
        this.link = parts.link();
        this.messageKeys = parts.messageKeys();
        this.clientId = settings.clientId();
        this.temporaries = new OwnTemporaries(link, messageKeys);
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "agena-session-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        link.onLost(this::lost);
    }

    // ---- for sessions

    /** The client identifier, null if there is none. */
    @Nullable
    String clientId() {
        return clientId;
    }

    ConnectionSettings settings() {
        return settings;
    }

    /** Transactions that its sessions join by themselves, null for none. */
    @Nullable
    Outside outside() {
        return parts.outside();
    }

    Link link() {
        return link;
    }

    long now() {
        return parts.clock().millis();
    }

    /** For time-outs: nanoseconds since some moment. */
    long nanoTime() {
        return parts.nanoClock().getAsLong();
    }

    /** By what a transaction manager leads a session's work in branches. */
    AgenaXAResource newResource(BranchWork work) {
        return new AgenaXAResource(link, parts.xa().branches(), work, parts.xa().joins(), parts.nanoClock());
    }

    String nextMessageKey() {
        return messageKeys.next();
    }

    String messageKeyPrefix() {
        return messageKeys.prefix();
    }

    /** Runs a task of a session on a thread that is free, or a new one. Dropped when the connection is closed. */
    void execute(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException afterClose) {
            LOG.debug("a task came after its connection was closed", afterClose);
        }
    }

    /** What is bounded together: messages to one broker, so that one that is away does not hold up the others. */
    SendRoom sendRoom(String broker) {
        return sendRooms.computeIfAbsent(broker, any -> new SendRoom());
    }

    OwnTemporaries temporaries() {
        return temporaries;
    }

    /** Where a destination lives that is there, created if need be. Waits for the answer the first time, and always for a temporary one. */
    Route routeTo(AgenaDestination destination) throws JMSException {
        return destination.isTemporary() ? temporaries.requireThere(destination) : route(destination);
    }

    /** Where a destination lives; created on first use. Waits for the answer the first time. Whether a temporary one is there turns out when it is used. */
    Route route(AgenaDestination destination) throws JMSException {
        if (destination.isTemporary()) {
            return temporaries.route(destination);
        }
        Known known = routes.get(destination);
        if (known != null) {
            return known.route().isIncomplete() ? lookAgain(destination, known) : known.route();
        }
        return freshRoute(destination);
    }

    /** A partition of a queue is not there: looks for it now and then, without waiting. */
    private Route lookAgain(AgenaDestination destination, Known known) {
        long now = nanoTime();
        Known later = new Known(known.route(), now);
        if (now - known.atNanos() > INCOMPLETE_NANOS && routes.replace(destination, known, later)) {
            var unused = link.resolve(destination.name(), DestinationKind.QUEUE, false)
                    .thenAccept(route -> routes.replace(destination, later, new Known(route, now)));
        }
        return known.route();
    }

    /** The same as {@link #route} for what is not temporary, asked anew. Waits. */
    Route freshRoute(AgenaDestination destination) throws JMSException {
        DestinationKind kind = destination.isQueue() ? DestinationKind.QUEUE : DestinationKind.TOPIC;
        Route route = Failures.await(link.resolve(destination.name(), kind, true), "cannot use " + destination);
        routes.put(destination, new Known(route, nanoTime()));
        return route;
    }

    /** Looks for a destination again when it is used next: it was not where it was. */
    void forgetRoute(AgenaDestination destination) {
        routes.remove(destination);
    }

    void remove(AgenaSession session) {
        synchronized (this) {
            sessions.remove(session);
        }
    }

    // ---- the API

    /** After this there is no client identifier to be set any more; looking at the connection is no use of it (Jakarta Messaging 3.1 §6.1.2). */
    private synchronized void use() throws JMSException {
        requireOpen();
        used = true;
    }

    /** Listeners that are running when it is closed are waited for, and may use it until they return (Jakarta Messaging 3.1 §6.1.8). */
    private synchronized void requireOpen() throws IllegalStateException {
        if (closed || (closing && !isOwnCallback())) {
            throw new IllegalStateException("the connection is closed");
        }
    }

    /** Whether the calling thread is in a listener of one of its sessions. */
    private boolean isOwnCallback() {
        for (AgenaSession session : sessions) {
            if (session.state().isOwnCallback()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Session createSession(boolean transacted, int acknowledgeMode) throws JMSException {
        return openSession(transacted, acknowledgeMode, AgenaSession::new);
    }

    @Override
    public Session createSession(int sessionMode) throws JMSException {
        return openSession(sessionMode, true, AgenaSession::new);
    }

    @Override
    public Session createSession() throws JMSException {
        return openSession(Session.AUTO_ACKNOWLEDGE, false, AgenaSession::new);
    }

    /** Makes a session of some class that has not begun. */
    @FunctionalInterface
    interface SessionMaker<S extends AgenaSession> {
        S make(AgenaConnection connection, int mode, int lane);
    }

    /** A session as the classic parameters ask for it: the acknowledge mode counts for nothing if it is transacted. */
    final <S extends AgenaSession> S openSession(boolean transacted, int acknowledgeMode, SessionMaker<S> maker)
            throws JMSException {
        return openSession(transacted ? Session.SESSION_TRANSACTED : acknowledgeMode, transacted, maker);
    }

    /** A session of some class, whatever its mode means. */
    final <S extends AgenaSession> S openSession(int mode, SessionMaker<S> maker) throws JMSException {
        return openSession(mode, true, maker);
    }

    private synchronized <S extends AgenaSession> S openSession(
            int mode, boolean mayBeTransacted, SessionMaker<S> maker) throws JMSException {
        use();
        return newSession(mode, mayBeTransacted, maker);
    }

    /** The session of a context, which is no use of the connection yet: the client identifier may still be set. */
    <S extends AgenaSession> S openContextSession(int mode, SessionMaker<S> maker) throws JMSException {
        synchronized (this) {
            requireOpen();
            return newSession(mode, true, maker);
        }
    }

    /** A context was used. */
    synchronized void contextUsed() {
        used = true;
    }

    private <S extends AgenaSession> S newSession(int mode, boolean mayBeTransacted, SessionMaker<S> maker)
            throws JMSException {
        synchronized (this) {
            if ((mode != Session.SESSION_TRANSACTED || !mayBeTransacted)
                    && mode != Session.AUTO_ACKNOWLEDGE
                    && mode != Session.CLIENT_ACKNOWLEDGE
                    && mode != Session.DUPS_OK_ACKNOWLEDGE
                    && mode != AgenaSession.INDIVIDUAL_ACKNOWLEDGE) {
                throw new JMSException("there is no acknowledge mode " + mode
                        + "; use AUTO_ACKNOWLEDGE (1), CLIENT_ACKNOWLEDGE (2), DUPS_OK_ACKNOWLEDGE (3), "
                        + "AgenaConnectionFactory.INDIVIDUAL_ACKNOWLEDGE (101) or a transacted session");
            }
            S session = maker.make(this, mode, lastLane.getAndIncrement());
            if (started) {
                session.start();
            }
            sessions.add(session);
            return session;
        }
    }

    @Override
    public synchronized @Nullable String getClientID() throws JMSException {
        requireOpen();
        return clientId;
    }

    /** Waits for the broker. */
    @Override
    public synchronized void setClientID(@Nullable String identifier) throws JMSException {
        requireOpen();
        if (clientId != null) {
            throw new IllegalStateException("the client identifier is '" + clientId + "' already");
        }
        if (used) {
            throw new IllegalStateException("the client identifier must be set before the connection is used");
        }
        if (identifier == null || identifier.isEmpty()) {
            throw new InvalidClientIDException("a client identifier needs a character");
        }
        Connections.takeClientId(parts, identifier);
        clientId = identifier;
        used = true;
    }

    @Override
    public synchronized ConnectionMetaData getMetaData() throws JMSException {
        requireOpen();
        return new AgenaMetaData();
    }

    @Override
    public synchronized @Nullable ExceptionListener getExceptionListener() throws JMSException {
        requireOpen();
        return exceptionListener;
    }

    @Override
    public synchronized void setExceptionListener(@Nullable ExceptionListener listener) throws JMSException {
        use();
        exceptionListener = listener;
    }

    @Override
    public void start() throws JMSException {
        synchronized (this) {
            use();
            if (!started) {
                started = true;
                sessions.forEach(AgenaSession::start);
            }
        }
    }

    /** Returns when no listener of this connection runs and no receive will return a message. Waits. */
    @Override
    public void stop() throws JMSException {
        List<AgenaSession> toStop;
        synchronized (this) {
            requireOpen();
            requireNotOwnCallback("stopped");
            started = false;
            toStop = List.copyOf(sessions);
        }
        // Not under the monitor: listeners that are waited for may use the connection.
        toStop.forEach(AgenaSession::stop);
        synchronized (this) {
            if (started) {
                // By another thread, meanwhile: none of them may stay behind.
                toStop.forEach(AgenaSession::start);
            }
        }
    }

    private void requireNotOwnCallback(String what) throws IllegalStateException {
        if (isOwnCallback()) {
            throw new IllegalStateException("a connection cannot be " + what + " by a listener of its own");
        }
    }

    /** Ends all sessions and the link. Waits for listeners and receiving threads. */
    @Override
    public void close() throws JMSException {
        synchronized (this) {
            if (closing) {
                return;
            }
            requireNotOwnCallback("closed");
            closing = true;
        }
        long deadline = nanoTime() + settings.closeTimeout().toNanos();
        for (List<AgenaSession> left = openSessions(); !left.isEmpty(); left = openSessions()) {
            for (AgenaSession session : left) {
                session.close(deadline);
            }
        }
        synchronized (this) {
            closed = true;
        }
        temporaries.close();
        giveClientIdBack();
        link.close();
        threads.shutdown();
    }

    /** Without this the broker would learn it from the end of the channel, which the next one to take it may overtake. */
    private void giveClientIdBack() {
        String taken = clientId();
        if (taken != null) {
            try {
                Failures.await(link.clientId(taken, messageKeys.prefix(), false), "cannot give the identifier back");
            } catch (JMSException lostAnyway) {
                LOG.debug("the client identifier goes with the channel", lostAnyway);
            }
        }
    }

    private synchronized List<AgenaSession> openSessions() {
        return List.copyOf(sessions);
    }

    /** Consumers at one broker are lost, and the link has given up; they know already. On an event loop. */
    private void lost(ClientException failure) {
        ExceptionListener listener;
        synchronized (this) {
            if (closing) {
                return;
            }
            listener = exceptionListener;
        }
        execute(() -> tell(listener, "the connection is lost", failure));
    }

    /** The broker has refused what a listener's session acknowledged by itself. Any thread. */
    void acknowledgementRefused(ClientException failure) {
        // Not here: the caller has a session's lock, which comes after this monitor.
        execute(() -> {
            ExceptionListener listener;
            synchronized (this) {
                listener = exceptionListener;
            }
            tell(listener, "messages are not acknowledged and may come again", failure);
        });
    }

    private void tell(@Nullable ExceptionListener listener, String what, ClientException failure) {
        if (listener == null) {
            LOG.warn("{}: {}", what, failure.getMessage());
            return;
        }
        synchronized (exceptionCalls) {
            try {
                listener.onException(Failures.jms(what, failure));
            } catch (Throwable foreign) {
                LOG.warn("an exception listener failed", foreign);
            }
        }
    }

    // ---- for application servers, not supported (Jakarta Messaging 3.1 §12)

    @Override
    public ConnectionConsumer createConnectionConsumer(
            @Nullable Destination destination,
            @Nullable String messageSelector,
            @Nullable ServerSessionPool sessionPool,
            int maxMessages)
            throws JMSException {
        use();
        return ConnectionConsumers.refuse(destination, messageSelector);
    }

    @Override
    public ConnectionConsumer createSharedConnectionConsumer(
            @Nullable Topic topic,
            @Nullable String subscriptionName,
            @Nullable String messageSelector,
            @Nullable ServerSessionPool sessionPool,
            int maxMessages)
            throws JMSException {
        use();
        return ConnectionConsumers.refuse(topic, subscriptionName, messageSelector);
    }

    @Override
    public ConnectionConsumer createDurableConnectionConsumer(
            @Nullable Topic topic,
            @Nullable String subscriptionName,
            @Nullable String messageSelector,
            @Nullable ServerSessionPool sessionPool,
            int maxMessages)
            throws JMSException {
        use();
        return ConnectionConsumers.refuse(topic, subscriptionName, messageSelector);
    }

    @Override
    public ConnectionConsumer createSharedDurableConnectionConsumer(
            @Nullable Topic topic,
            @Nullable String subscriptionName,
            @Nullable String messageSelector,
            @Nullable ServerSessionPool sessionPool,
            int maxMessages)
            throws JMSException {
        use();
        return ConnectionConsumers.refuse(topic, subscriptionName, messageSelector);
    }
}
