// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.client.Route;
import io.agenamq.provider.destination.AgenaDestination;
import io.agenamq.provider.destination.AgenaQueue;
import io.agenamq.provider.destination.AgenaTopic;
import io.agenamq.provider.message.AgenaBytesMessage;
import io.agenamq.provider.message.AgenaMapMessage;
import io.agenamq.provider.message.AgenaMessage;
import io.agenamq.provider.message.AgenaObjectMessage;
import io.agenamq.provider.message.AgenaStreamMessage;
import io.agenamq.provider.message.AgenaTextMessage;
import io.agenamq.provider.message.MessageReader;
import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session: one logical thread of work over any number of producers and consumers.
 *
 * <p>This is its face, and how its life goes; the work is done by its parts, which share one {@link SessionState} and its lock:
 *
 * <pre>
 *   event loops ──▶ Inbox ──▶ buffers of Consumers ──┬──▶ Receiving ──▶ application thread ──┐
 *                                                    └──▶ Listening ──▶ message listeners ───┴──▶ Settlement ──▶ broker
 *
 *   application thread ──▶ Sender ──▶ broker ──▶ Completions ──▶ completion listeners
 * </pre>
 *
 * <p>What is closed from another thread wakes up and ends (Jakarta Messaging 3.1 §6.2.5). Methods that wait say so.
 */
public sealed class AgenaSession implements Session permits AgenaQueueSession, AgenaTopicSession, AgenaXASession {

    /** Acknowledge mode in which {@code Message.acknowledge} acknowledges that message and no other; what other providers use, too. */
    public static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    private static final Logger LOG = LoggerFactory.getLogger(AgenaSession.class);

    private final AgenaConnection connection;
    private final int mode;
    private final MessageReader reader;
    private final SessionState state = new SessionState();
    private final Consumers consumers;
    private final Settlement settlement;
    private final Coordination coordination;
    private final @Nullable BranchWork branchWork;
    private final Receiving receiving;
    private final Listening listening;
    private final Attaching attaching;
    private final Completions completions;
    private final Sender sender;

    /** Guarded by the state's lock. */
    private final List<AgenaProducer> producers = new ArrayList<>();

    /**
     * A session that is not started.
     *
     * @param lane of its messages in destinations with several message queues
     */
    AgenaSession(AgenaConnection connection, int mode, int lane) {
        this(connection, connection.outside() == null ? mode : AUTO_ACKNOWLEDGE, lane, connection.outside() != null);
    }

    /**
     * The same.
     *
     * @param inBranches whether its transactions are branches of a transaction manager's; outside of these it acknowledges automatically
     */
    AgenaSession(AgenaConnection connection, int mode, int lane, boolean inBranches) {
        this.connection = connection;
        this.mode = mode;
        this.reader = new MessageReader(
                connection.settings().nativeAsText(), connection.settings().trustedClasses());
        TransactionHome home = new TransactionHome(inBranches);
        boolean isLocal = mode == SESSION_TRANSACTED && !inBranches;
        this.consumers = new Consumers(state, isLocal ? home : null);
        this.settlement = new Settlement(
                inBranches ? AUTO_ACKNOWLEDGE : mode, state, consumers, connection::acknowledgementRefused);
        this.branchWork = inBranches
                ? new BranchWork(connection, state, settlement, new TransactionWork(connection, home))
                : null;
        Outside outside = connection.outside();
        this.coordination = branchWork != null
                ? outside == null ? branchWork : new OutsideWork(branchWork, outside)
                : isLocal
                        ? new LocalTransaction(connection, settlement, new TransactionWork(connection, home))
                        : Coordination.NONE;
        DeliveryReader deliveries = new DeliveryReader(reader, settlement, connection::now);
        this.receiving = new Receiving(state, consumers, settlement, deliveries, connection::nanoTime);
        this.listening = new Listening(state, consumers, settlement, deliveries, connection::execute);
        this.attaching = new Attaching(
                connection,
                state,
                consumers,
                new Inbox(state, settlement, listening),
                listening,
                mode == INDIVIDUAL_ACKNOWLEDGE);
        this.completions = new Completions(state, connection::execute);
        this.sender = new Sender(connection, lane, completions, coordination);
    }

    // ---- for its consumers and producers

    SessionState state() {
        return state;
    }

    Receiving receiving() {
        return receiving;
    }

    Listening listening() {
        return listening;
    }

    Completions completions() {
        return completions;
    }

    Sender sender() {
        return sender;
    }

    Attaching attaching() {
        return attaching;
    }

    /** Its part in branches that it joins by itself, null if it joins none. */
    @Nullable
    BranchWork joiningWork() {
        return connection.outside() == null ? null : branchWork;
    }

    /** Its part in branches; only for sessions that work in some. */
    BranchWork branchWork() {
        BranchWork work = branchWork;
        if (work == null) {
            throw new AssertionError("no session of a transaction manager");
        }
        return work;
    }

    /** A consumer is about to receive, on the calling thread. */
    void used() throws JMSException {
        coordination.used();
    }

    void requireOpen() throws IllegalStateException {
        state.requireOpen();
    }

    /** Delivery begins. */
    void start() {
        state.lock();
        try {
            if (!state.isStarted() && !state.isClosed()) {
                state.setStarted(true);
                consumers.open().forEach(consumer -> consumer.sources.forEach(Source::grantWindow));
                state.signal();
                listening.dispatchIfNeeded();
            }
        } finally {
            state.unlock();
        }
    }

    /**
     * Delivery ends: returns when no listener runs and no receive will return a message, and what was waiting here is back at the broker, for
     * others. Waits.
     */
    void stop() {
        List<CompletableFuture<Void>> released = new ArrayList<>();
        state.lock();
        try {
            boolean wasStarted = state.isStarted();
            state.setStarted(false);
            while (listening.isRunning() && !state.isStarted()) {
                state.awaitChange();
            }
            if (!wasStarted || state.isStarted() || state.isClosed()) {
                // Another thread stops it as well, or has started it again, or closed it.
                return;
            }
            for (AgenaConsumer consumer : consumers.open()) {
                consumer.sources.forEach(source -> released.add(source.takeBack()));
            }
        } finally {
            state.unlock();
        }
        awaitIgnoringFailures(released, closeDeadline());
    }

    // ---- messages

    @Override
    public BytesMessage createBytesMessage() throws JMSException {
        requireOpen();
        return new AgenaBytesMessage();
    }

    @Override
    public MapMessage createMapMessage() throws JMSException {
        requireOpen();
        return new AgenaMapMessage();
    }

    @Override
    public Message createMessage() throws JMSException {
        requireOpen();
        return new AgenaMessage();
    }

    @Override
    public ObjectMessage createObjectMessage() throws JMSException {
        requireOpen();
        return new AgenaObjectMessage(connection.settings().trustedClasses());
    }

    @Override
    public ObjectMessage createObjectMessage(@Nullable Serializable object) throws JMSException {
        ObjectMessage message = createObjectMessage();
        message.setObject(object);
        return message;
    }

    @Override
    public StreamMessage createStreamMessage() throws JMSException {
        requireOpen();
        return new AgenaStreamMessage();
    }

    @Override
    public TextMessage createTextMessage() throws JMSException {
        return createTextMessage(null);
    }

    @Override
    public TextMessage createTextMessage(@Nullable String text) throws JMSException {
        requireOpen();
        return new AgenaTextMessage(text);
    }

    // ---- the session as such

    @Override
    public boolean getTransacted() throws JMSException {
        requireOpen();
        return coordination.isTransacted();
    }

    @Override
    public int getAcknowledgeMode() throws JMSException {
        requireOpen();
        return mode;
    }

    /** Waits for completion listeners, and for the broker; see {@link LocalTransaction#commit}. */
    @Override
    public void commit() throws JMSException {
        requireMayEnd();
        completions.awaitAll(Long.MAX_VALUE);
        coordination.commit();
    }

    /** Waits for completion listeners, and for the broker. */
    @Override
    public void rollback() throws JMSException {
        requireMayEnd();
        completions.awaitAll(Long.MAX_VALUE);
        coordination.rollback();
    }

    private void requireMayEnd() throws JMSException {
        requireOpen();
        coordination.requireOwn();
        if (state.isInCompletion()) {
            throw new IllegalStateException("a transaction cannot be ended by a completion listener of its session");
        }
    }

    @Override
    public @Nullable MessageListener getMessageListener() throws JMSException {
        requireOpen();
        return null;
    }

    /**
     * Not supported: this is for application servers that have no resource adapter (Jakarta Messaging 3.1 §12.2). Null is accepted, as pools take away the
     * listener of each session that they get back.
     */
    @Override
    public void setMessageListener(@Nullable MessageListener listener) throws JMSException {
        requireOpen();
        if (listener == null) {
            return;
        }
        throw new JMSException("session listeners are not supported; set the listener of a consumer");
    }

    /** Does nothing: see {@link #setMessageListener}. */
    @Override
    public void run() {}

    // ---- destinations

    @Override
    public Queue createQueue(String queueName) throws JMSException {
        requireOpen();
        return AgenaQueue.require(queueName);
    }

    @Override
    public Topic createTopic(String topicName) throws JMSException {
        requireOpen();
        return AgenaTopic.require(topicName);
    }

    @Override
    public TemporaryQueue createTemporaryQueue() throws JMSException {
        requireOpen();
        return connection.temporaries().createQueue();
    }

    @Override
    public TemporaryTopic createTemporaryTopic() throws JMSException {
        requireOpen();
        return connection.temporaries().createTopic();
    }

    // ---- producers

    @Override
    public MessageProducer createProducer(@Nullable Destination destination) throws JMSException {
        return openProducer(destination, AgenaProducer::new);
    }

    /** Makes a producer of some class. */
    @FunctionalInterface
    interface ProducerMaker<P extends AgenaProducer> {
        P make(AgenaSession session, @Nullable AgenaDestination destination);
    }

    /** A producer for a destination that is there, or, if it is null, for any. Waits for the broker. */
    final <P extends AgenaProducer> P openProducer(@Nullable Destination destination, ProducerMaker<P> maker)
            throws JMSException {
        requireOpen();
        AgenaDestination ours = destination == null ? null : AgenaDestination.of(destination);
        if (ours != null) {
            connection.routeTo(ours);
        }
        P producer = maker.make(this, ours);
        state.lock();
        try {
            state.requireOpenLocked();
            producers.add(producer);
        } finally {
            state.unlock();
        }
        return producer;
    }

    void remove(AgenaProducer producer) {
        state.lock();
        try {
            producers.remove(producer);
        } finally {
            state.unlock();
        }
    }

    // ---- consumers

    @Override
    public MessageConsumer createConsumer(Destination destination) throws JMSException {
        return createConsumer(destination, null, false);
    }

    @Override
    public MessageConsumer createConsumer(Destination destination, @Nullable String messageSelector)
            throws JMSException {
        return createConsumer(destination, messageSelector, false);
    }

    @Override
    public MessageConsumer createConsumer(Destination destination, @Nullable String messageSelector, boolean noLocal)
            throws JMSException {
        return openConsumer(destination, messageSelector, noLocal);
    }

    /** {@link Attaching#open}. Waits for the broker. */
    final AgenaConsumer openConsumer(
            @Nullable Destination destination, @Nullable String messageSelector, boolean noLocal) throws JMSException {
        requireOpen();
        return attaching.open(new AgenaConsumer(this, Attaching.terms(destination, messageSelector, noLocal)));
    }

    /** The same for a named subscription; it begins with its consumer if there is none. Waits for the broker. */
    final AgenaConsumer openSubscriber(
            @Nullable Topic topic,
            @Nullable String name,
            @Nullable String messageSelector,
            boolean noLocal,
            boolean durable,
            boolean shared)
            throws JMSException {
        requireOpen();
        return attaching.open(
                new AgenaConsumer(this, attaching.terms(topic, name, messageSelector, noLocal, durable, shared)));
    }

    // ---- acknowledging

    /** What {@code JMSContext.acknowledge} does; see {@link Settlement#acknowledge}. Waits. */
    void acknowledge() throws JMSException {
        settlement.acknowledge();
    }

    /** Gives back everything that is not acknowledged; it comes again from the oldest on, marked as redelivered. Waits for the broker. */
    @Override
    public void recover() throws JMSException {
        requireOpen();
        if (coordination.isTransacted()) {
            throw new IllegalStateException(
                    "the session is transacted: what it has received comes back with a rollback");
        }
        settlement.recover();
    }

    // ---- closing

    /** Ends a consumer. Waits for its listener, unless that is who calls, and for receiving threads. */
    void close(AgenaConsumer consumer) throws JMSException {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        long deadline;
        state.lock();
        try {
            if (consumer.closed || state.isClosed()) {
                return;
            }
            consumer.closed = true;
            state.signal();
            while (consumer.receiverCount > 0 || listening.isRunningElsewhere(consumer)) {
                state.awaitChange();
            }
            consumer.buffer.clear();
            consumers.remove(consumer);
            deadline = closeDeadline();
            for (Source source : consumer.sources) {
                if (!listening.isRunning(consumer)) {
                    settlement.settleLast(source);
                    settlement.awaitAnswers(source, deadline - connection.nanoTime());
                }
                answers.add(source.detach(false));
                if (consumer.endsSubscription()) {
                    // The subscription ends with its consumer, and with it everything it had.
                    source.end();
                } else if (settlement.isByClient() && source.hasUnacknowledged()) {
                    consumers.linger(source);
                }
            }
        } finally {
            state.unlock();
        }
        awaitIgnoringFailures(answers, deadline);
    }

    /** Ends the session. Waits for listeners, receiving threads and completion listeners, also if another thread closes it already. */
    @Override
    public void close() throws JMSException {
        close(closeDeadline());
    }

    private long closeDeadline() {
        return connection.nanoTime() + closeTimeoutNanos();
    }

    /** How long the end of a consumer, producer or session waits for a connection. */
    long closeTimeoutNanos() {
        return connection.settings().closeTimeout().toNanos();
    }

    /** The same, with acknowledgements being waited for until {@code deadline}, by the connection's clock. */
    void close(long deadline) throws JMSException {
        coordination.closing();
        if (beginClose()) {
            endClose(deadline);
        }
        connection.remove(this);
    }

    /** Answers whether there is something to close. */
    private boolean beginClose() throws JMSException {
        state.lock();
        try {
            if (state.isClosed()) {
                return false;
            } else if (state.isOwnCallback()) {
                throw new IllegalStateException("a session cannot be closed by its own listener");
            } else if (state.isEnding()) {
                while (!state.isClosed()) {
                    state.awaitChange();
                }
                return false;
            }
            state.setClosing();
            return true;
        } finally {
            state.unlock();
        }
    }

    private void endClose(long deadline) {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        state.lock();
        try {
            while (listening.isRunning() || consumers.isReceiving()) {
                state.awaitChange();
            }
        } finally {
            state.unlock();
        }
        completions.end(deadline - connection.nanoTime());
        state.lock();
        try {
            // Under the lock, as another thread may be about to commit it: see Settlement.commit.
            coordination.forget();
            consumers.sources().forEach(settlement::settleLast);
            settlement.awaitAnswers(null, deadline - connection.nanoTime());
            state.setClosed();
            for (Source source : consumers.sources()) {
                answers.add(source.detach(true));
            }
            for (AgenaConsumer consumer : consumers.open()) {
                consumer.closed = true;
                consumer.buffer.clear();
            }
            consumers.clear();
            consumers.forgetLingering();
            producers.forEach(AgenaProducer::sessionClosed);
            producers.clear();
        } finally {
            state.unlock();
        }
        awaitIgnoringFailures(answers, deadline);
        coordination.awaitLast(deadline - connection.nanoTime());
    }

    /**
     * What cannot be given back now comes back when the broker notices that the connection is gone. The time is for all answers together: a broker that
     * hangs is not waited for session by session.
     */
    private void awaitIgnoringFailures(List<CompletableFuture<Void>> answers, long deadline) {
        for (CompletableFuture<Void> answer : answers) {
            try {
                answer.get(Math.max(0, deadline - connection.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException failed) {
                LOG.debug("a release failed", failed);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    // ---- browsing

    @Override
    public QueueBrowser createBrowser(Queue queue) throws JMSException {
        return createBrowser(queue, null);
    }

    @Override
    public QueueBrowser createBrowser(Queue queue, @Nullable String messageSelector) throws JMSException {
        requireOpen();
        AgenaDestination ours = AgenaDestination.of(queue);
        if (!ours.isQueue()) {
            throw new InvalidDestinationException("only queues can be browsed");
        }
        String selector = Attaching.requireSelector(messageSelector);
        Route known = connection.routeTo(ours);
        Route route = known.isIncomplete() ? connection.freshRoute(ours) : known;
        return new AgenaBrowser(this, connection.link(), queue, ours, route, selector, reader);
    }

    // ---- named subscriptions

    @Override
    public TopicSubscriber createDurableSubscriber(Topic topic, String name) throws JMSException {
        return createDurableSubscriber(topic, name, null, false);
    }

    @Override
    public TopicSubscriber createDurableSubscriber(
            Topic topic, String name, @Nullable String messageSelector, boolean noLocal) throws JMSException {
        requireOpen();
        ConsumerTerms terms = attaching.terms(topic, name, messageSelector, noLocal, true, false);
        return attaching.open(new AgenaTopicSubscriber(this, terms, topic));
    }

    @Override
    public MessageConsumer createDurableConsumer(Topic topic, String name) throws JMSException {
        return createDurableConsumer(topic, name, null, false);
    }

    @Override
    public MessageConsumer createDurableConsumer(
            Topic topic, String name, @Nullable String messageSelector, boolean noLocal) throws JMSException {
        return openSubscriber(topic, name, messageSelector, noLocal, true, false);
    }

    @Override
    public MessageConsumer createSharedConsumer(Topic topic, String sharedSubscriptionName) throws JMSException {
        return createSharedConsumer(topic, sharedSubscriptionName, null);
    }

    @Override
    public MessageConsumer createSharedConsumer(
            Topic topic, String sharedSubscriptionName, @Nullable String messageSelector) throws JMSException {
        return openSubscriber(topic, sharedSubscriptionName, messageSelector, false, false, true);
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(Topic topic, String name) throws JMSException {
        return createSharedDurableConsumer(topic, name, null);
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(Topic topic, String name, @Nullable String messageSelector)
            throws JMSException {
        return openSubscriber(topic, name, messageSelector, false, true, true);
    }

    @Override
    public void unsubscribe(@Nullable String name) throws JMSException {
        requireOpen();
        if (name == null) {
            throw new InvalidDestinationException("there is no durable subscription without a name");
        }
        Failures.await(connection.link().unsubscribe(name, connection.clientId()), "cannot unsubscribe");
    }
}
