// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.SelectorException;
import io.agenamq.protocol.selector.Typing;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.ConsumerLink;
import io.agenamq.provider.client.ConsumerSpec;
import io.agenamq.provider.client.OutgoingMessage;
import io.agenamq.provider.client.Route;
import io.agenamq.provider.destination.AgenaDestination;
import io.agenamq.provider.destination.AgenaQueue;
import io.agenamq.provider.destination.AgenaTopic;
import io.agenamq.provider.message.AgenaBytesMessage;
import io.agenamq.provider.message.AgenaMessage;
import io.agenamq.provider.message.AgenaTextMessage;
import io.agenamq.provider.message.MessageReader;
import io.agenamq.provider.message.MessageWriter;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session: one logical thread of work over any number of producers and consumers, and the owner of the state of all of them.
 *
 * <p>Messages are pushed into the consumers' buffers by event loops. A receiving thread takes them from there; listeners are called by one task
 * at a time on the connection's executor, which runs only while there is something to deliver. The modes differ in when deliveries are
 * settled:
 *
 * <ul>
 *   <li>AUTO: each message when it is handed over ({@code receive}) or its listener has returned. Before the next message is handed over, the
 *       answer of the broker is there: at most the last message is ever in doubt.
 *   <li>DUPS_OK: some later, without an answer.
 *   <li>CLIENT: everything the session has delivered, when a message is acknowledged; answered when it is on disk.
 * </ul>
 *
 * <p>One lock guards everything; it is never held while user code runs or anything is waited for but its own condition. Methods that wait say
 * so. What is closed from another thread wakes up and ends (Jakarta Messaging 3.1 §6.2.5).
 */
public final class AgenaSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(AgenaSession.class);

    /** In DUPS_OK, so many messages are settled together. */
    private static final int LAZY_MESSAGES_MAX = 32;

    /** A message whose listener has failed so often is left alone until the session closes, so that it cannot spin. */
    private static final int LISTENER_FAILURES_MAX = 16;

    private final AgenaConnection connection;
    private final int mode;
    private final int lane;
    private final MessageReader reader;
    private final MessageWriter writer = new MessageWriter();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final List<AgenaConsumer> consumers = new ArrayList<>();
    private final List<AgenaProducer> producers = new ArrayList<>();
    private final List<Source> lingering =
            new ArrayList<>(); // of closed consumers, with deliveries that are not acknowledged
    private final Deque<PendingSend> pendingSends = new ArrayDeque<>();
    private boolean started;
    private boolean closing;
    private boolean closed;
    private boolean dispatching;
    private boolean completing;
    private int nextConsumer;
    private @Nullable AgenaConsumer listening; // whose listener is running
    private @Nullable Thread listenerThread;
    private @Nullable Thread completionThread;
    private @Nullable CompletableFuture<Void> unconfirmed; // the last acknowledgement in AUTO mode
    private @Nullable ClientException lost;

    private record PendingSend(CompletableFuture<Void> answer, Message message, CompletionListener listener) {}

    /**
     * A session that is not started.
     *
     * @param lane of its messages in destinations with several message queues
     */
    AgenaSession(AgenaConnection connection, int mode, int lane) {
        this.connection = connection;
        this.mode = mode;
        this.lane = lane;
        this.reader = new MessageReader(connection.settings().nativeAsText());
    }

    AgenaConnection connection() {
        return connection;
    }

    // ---- state

    void requireOpen() throws IllegalStateException {
        lock.lock();
        try {
            requireOpenLocked();
        } finally {
            lock.unlock();
        }
    }

    private void requireOpenLocked() throws IllegalStateException {
        if (closed || closing) {
            throw new IllegalStateException("the session is closed");
        }
    }

    void requireOpen(AgenaConsumer consumer) throws IllegalStateException {
        lock.lock();
        try {
            requireOpenLocked(consumer);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpenLocked(AgenaConsumer consumer) throws IllegalStateException {
        if (consumer.closed || closed || closing) {
            throw new IllegalStateException("the consumer is closed");
        }
    }

    /** Whether the calling thread is in a listener or callback of this session. */
    boolean isOwnCallback() {
        lock.lock();
        try {
            return isOwnCallbackLocked();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the calling thread is in a completion listener of this session. */
    boolean isInCompletion() {
        lock.lock();
        try {
            return completionThread == Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    private boolean isOwnCallbackLocked() {
        return listenerThread == Thread.currentThread() || completionThread == Thread.currentThread();
    }

    /** Delivery begins. */
    void start() {
        lock.lock();
        try {
            if (!started && !closed) {
                started = true;
                consumers.forEach(consumer -> consumer.sources.forEach(Source::grantWindow));
                changed.signalAll();
                dispatchIfNeeded();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Delivery ends: returns when no listener runs and no receive will return a message, and what was waiting here is back at the broker, for
     * others. Waits.
     */
    void stop() {
        List<CompletableFuture<Void>> released = new ArrayList<>();
        lock.lock();
        try {
            if (!started || closed) {
                return;
            }
            started = false;
            while (listening != null) {
                changed.awaitUninterruptibly();
            }
            for (AgenaConsumer consumer : consumers) {
                consumer.buffer.clear();
                consumer.sources.forEach(source -> released.add(source.release(false, false)));
            }
        } finally {
            lock.unlock();
        }
        awaitIgnoringFailures(released);
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
        throw Failures.unavailable("map messages are");
    }

    @Override
    public Message createMessage() throws JMSException {
        requireOpen();
        return new AgenaMessage();
    }

    @Override
    public ObjectMessage createObjectMessage() throws JMSException {
        requireOpen();
        throw Failures.unavailable("object messages are");
    }

    @Override
    public ObjectMessage createObjectMessage(Serializable object) throws JMSException {
        return createObjectMessage();
    }

    @Override
    public StreamMessage createStreamMessage() throws JMSException {
        requireOpen();
        throw Failures.unavailable("stream messages are");
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
        return false;
    }

    @Override
    public int getAcknowledgeMode() throws JMSException {
        requireOpen();
        return mode;
    }

    @Override
    public void commit() throws JMSException {
        requireOpen();
        throw new IllegalStateException("the session is not transacted");
    }

    @Override
    public void rollback() throws JMSException {
        requireOpen();
        throw new IllegalStateException("the session is not transacted");
    }

    @Override
    public @Nullable MessageListener getMessageListener() throws JMSException {
        requireOpen();
        return null;
    }

    /** Not supported: this is for application servers that have no resource adapter (Jakarta Messaging 3.1 §12.2). */
    @Override
    public void setMessageListener(@Nullable MessageListener listener) throws JMSException {
        requireOpen();
        throw new JMSException("session listeners are not supported; set the listener of a consumer");
    }

    /** Does nothing: see {@link #setMessageListener}. */
    @Override
    public void run() {}

    // ---- destinations

    @Override
    public Queue createQueue(String queueName) throws JMSException {
        requireOpen();
        return new AgenaQueue(AgenaDestination.requireName(queueName));
    }

    @Override
    public Topic createTopic(String topicName) throws JMSException {
        requireOpen();
        return new AgenaTopic(AgenaDestination.requireName(topicName));
    }

    @Override
    public TemporaryQueue createTemporaryQueue() throws JMSException {
        requireOpen();
        throw Failures.unavailable("temporary queues are");
    }

    @Override
    public TemporaryTopic createTemporaryTopic() throws JMSException {
        requireOpen();
        throw Failures.unavailable("temporary topics are");
    }

    // ---- producers

    @Override
    public MessageProducer createProducer(@Nullable Destination destination) throws JMSException {
        requireOpen();
        AgenaDestination ours = destination == null ? null : AgenaDestination.of(destination);
        if (ours != null) {
            connection.route(ours);
        }
        AgenaProducer producer = new AgenaProducer(this, ours);
        lock.lock();
        try {
            requireOpenLocked();
            producers.add(producer);
        } finally {
            lock.unlock();
        }
        return producer;
    }

    /** What a producer says of one message. */
    record SendOptions(int deliveryMode, int priority, long timeToLive) {}

    /**
     * Sends a message. Waits for the broker unless there is a listener.
     *
     * @param listener is told the outcome; null to wait for it here
     */
    void send(
            AgenaDestination destination,
            @Nullable Message message,
            SendOptions options,
            @Nullable CompletionListener listener)
            throws JMSException {
        AgenaMessage ours = MessageWriter.ours(message);
        Route route = connection.route(destination);
        String key = connection.nextMessageKey();
        long now = connection.now();
        setSendHeaders(ours, destination, options, key, now);
        MessageWriter.Written written = writer.write(ours, key);
        if (message != null && message != ours) {
            setSendHeaders(message, destination, options, key, now);
        }
        boolean durable = options.deliveryMode() == Message.DEFAULT_DELIVERY_MODE;
        CompletableFuture<Void> answer = connection
                .link()
                .send(route, new OutgoingMessage(now, written.properties(), written.body(), durable, lane));
        if (listener == null || message == null) {
            try {
                Failures.await(answer, "cannot send to " + destination);
            } catch (InvalidDestinationException gone) {
                connection.forgetRoute(destination);
                throw gone;
            }
            return;
        }
        lock.lock();
        try {
            pendingSends.add(new PendingSend(answer, message, listener));
        } finally {
            lock.unlock();
        }
        var unused = answer.whenComplete((done, failure) -> completeSends());
    }

    private static void setSendHeaders(
            Message message, AgenaDestination destination, SendOptions options, String key, long now)
            throws JMSException {
        message.setJMSDestination(destination);
        message.setJMSDeliveryMode(options.deliveryMode());
        message.setJMSPriority(options.priority());
        message.setJMSTimestamp(now);
        message.setJMSDeliveryTime(now);
        message.setJMSExpiration(options.timeToLive() == 0 ? 0 : now + options.timeToLive());
        message.setJMSMessageID(JmsProperties.MESSAGE_ID_PREFIX + key);
        message.setJMSRedelivered(false);
    }

    /** Lets the executor tell completion listeners, in the order of the sends and one at a time. */
    private void completeSends() {
        lock.lock();
        try {
            if (completing
                    || pendingSends.isEmpty()
                    || !pendingSends.peek().answer().isDone()) {
                return;
            }
            completing = true;
        } finally {
            lock.unlock();
        }
        connection.execute(this::runCompletions);
    }

    private void runCompletions() {
        while (true) {
            PendingSend done;
            lock.lock();
            try {
                done = pendingSends.peek();
                if (done == null || !done.answer().isDone()) {
                    completing = false;
                    completionThread = null;
                    changed.signalAll();
                    return;
                }
                completionThread = Thread.currentThread();
            } finally {
                lock.unlock();
            }
            tell(done);
            lock.lock();
            try {
                pendingSends.poll();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private static void tell(PendingSend send) {
        try {
            try {
                Failures.await(send.answer(), "cannot send");
            } catch (JMSException failed) {
                send.listener().onException(send.message(), failed);
                return;
            }
            send.listener().onCompletion(send.message());
        } catch (RuntimeException foreign) {
            LOG.warn("a completion listener failed", foreign);
        }
    }

    /** Waits until every completion listener was told. */
    void awaitCompletions() {
        lock.lock();
        try {
            while (!pendingSends.isEmpty()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    void remove(AgenaProducer producer) {
        lock.lock();
        try {
            producers.remove(producer);
        } finally {
            lock.unlock();
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

    /** Begins a consumer. When this returns, a topic's messages from now on are its own. Waits for the broker. */
    AgenaConsumer openConsumer(@Nullable Destination destination, @Nullable String messageSelector, boolean noLocal)
            throws JMSException {
        requireOpen();
        AgenaDestination ours = AgenaDestination.of(destination);
        String selector = requireSelector(messageSelector);
        Route route = connection.route(ours);
        AgenaConsumer consumer = new AgenaConsumer(this, ours, selector, noLocal);
        ConsumerSpec spec = new ConsumerSpec(
                route.topic(),
                ours.isQueue() ? DestinationKind.QUEUE : DestinationKind.TOPIC,
                selector,
                noLocal && !ours.isQueue() ? connection.messageKeyPrefix() : null);
        ConnectionSettings settings = connection.settings();
        int homes = route.homes().size();
        int messages = settings.prefetchMessages() == 0 ? 0 : Math.max(1, settings.prefetchMessages() / homes);
        int bytes = Math.max(1, settings.prefetchBytes() / homes);
        for (Route.Home home : route.homes()) {
            Source source = new Source(consumer, this, messages, bytes);
            source.attached(attach(consumer, ours, home, spec, source));
            consumer.sources.add(source);
        }
        lock.lock();
        try {
            if (!closed && !closing) {
                consumers.add(consumer);
                if (started) {
                    consumer.sources.forEach(Source::grantWindow);
                }
                return consumer;
            }
        } finally {
            lock.unlock();
        }
        abandon(consumer);
        throw new IllegalStateException("the session was closed");
    }

    private ConsumerLink attach(
            AgenaConsumer consumer, AgenaDestination destination, Route.Home home, ConsumerSpec spec, Source source)
            throws JMSException {
        try {
            return Failures.await(
                    connection.link().attach(home, spec, 0, 0, source), "cannot consume from " + destination);
        } catch (JMSException failed) {
            if (failed instanceof InvalidDestinationException) {
                connection.forgetRoute(destination);
            }
            abandon(consumer);
            throw failed;
        }
    }

    private static void abandon(AgenaConsumer consumer) {
        consumer.closed = true;
        for (Source source : consumer.sources) {
            var unused = source.detach(true);
        }
    }

    /** The selector as it was given, null for none; checked here, so that a bad one has no effect anywhere. */
    private static @Nullable String requireSelector(@Nullable String selector) throws InvalidSelectorException {
        if (selector == null || selector.isBlank()) {
            return null;
        }
        try {
            Selector.parse(selector, Typing.STRICT);
            return selector;
        } catch (SelectorException malformed) {
            throw Failures.withCause(
                    new InvalidSelectorException(malformed.getMessage(), "INVALID_SELECTOR"), malformed);
        }
    }

    /** A message came. On an event loop. */
    void delivered(Delivery delivery) {
        lock.lock();
        try {
            AgenaConsumer consumer = delivery.source().consumer;
            if (consumer.closed || delivery.epoch() != delivery.source().epoch()) {
                return;
            }
            consumer.buffer.add(delivery);
            if (consumer.listener == null) {
                changed.signalAll();
            } else {
                dispatchIfNeeded();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A consumer was attached anew. On an event loop. */
    void restarted(Source source) {
        lock.lock();
        try {
            source.consumer.buffer.removeIf(delivery -> delivery.source() == source);
            lingering.remove(source);
            source.restart();
            if (started && !source.consumer.closed) {
                source.grantWindow();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The connection is lost for good: whoever waits for a message learns it. */
    void fail(ClientException failure) {
        lock.lock();
        try {
            lost = failure;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- receiving

    /** Decides whether a message can be handed over as it is. */
    @FunctionalInterface
    interface Check {
        /** Throws if it cannot. */
        void accept(AgenaMessage message) throws JMSException;
    }

    private static final Check ANY = message -> {};

    @Nullable
    Message receive(AgenaConsumer consumer, long timeoutNanos) throws JMSException {
        return receive(consumer, timeoutNanos, ANY);
    }

    /**
     * The next message, or null when time is up or the consumer is closed meanwhile. Waits.
     *
     * @param check whose refusal leaves the message with the consumer, or, in CLIENT mode, with the application
     */
    @Nullable
    Message receive(AgenaConsumer consumer, long timeoutNanos, Check check) throws JMSException {
        long deadline = timeoutNanos == Long.MAX_VALUE ? 0 : connection.nanoTime() + timeoutNanos;
        beginReceive(consumer);
        try {
            while (true) {
                confirmLast();
                Delivery delivery = awaitDelivery(consumer, timeoutNanos == Long.MAX_VALUE, deadline);
                if (delivery == null) {
                    return null;
                }
                AgenaMessage message = handOver(delivery, check);
                if (message != null) {
                    return message;
                }
            }
        } finally {
            endReceive(consumer);
        }
    }

    @Nullable
    Message receiveNoWait(AgenaConsumer consumer) throws JMSException {
        return receiveNoWait(consumer, ANY);
    }

    /** The next message if there is one, here or at the broker, which is asked if there is none here. */
    @Nullable
    Message receiveNoWait(AgenaConsumer consumer, Check check) throws JMSException {
        beginReceive(consumer);
        try {
            while (true) {
                confirmLast();
                Delivery delivery = takeNow(consumer);
                if (delivery == null) {
                    probe(consumer);
                    delivery = takeNow(consumer);
                }
                if (delivery == null) {
                    return null;
                }
                AgenaMessage message = handOver(delivery, check);
                if (message != null) {
                    return message;
                }
            }
        } finally {
            endReceive(consumer);
        }
    }

    private void beginReceive(AgenaConsumer consumer) throws JMSException {
        lock.lock();
        try {
            requireOpenLocked(consumer);
            for (AgenaConsumer each : consumers) {
                if (each.listener != null) {
                    throw new IllegalStateException(
                            "the session has a message listener; receive() is for sessions without");
                }
            }
            consumer.receiverCount++;
        } finally {
            lock.unlock();
        }
    }

    private void endReceive(AgenaConsumer consumer) {
        lock.lock();
        try {
            consumer.receiverCount--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Delivery awaitDelivery(AgenaConsumer consumer, boolean forEver, long deadline)
            throws JMSException {
        boolean probed = false;
        while (true) {
            lock.lock();
            try {
                Delivery delivery = pollLocked(consumer);
                if (delivery != null || consumer.closed || closing) {
                    return delivery;
                }
                requireConnected();
                long left = forEver ? 1 : deadline - connection.nanoTime();
                if (left <= 0 && (probed || !started || !isPull(consumer))) {
                    return null;
                }
                if (left > 0) {
                    if (started && isPull(consumer)) {
                        consumer.sources.forEach(Source::grantOne);
                    }
                    await(forEver, left);
                    continue;
                }
            } finally {
                lock.unlock();
            }
            // Time is up while a message may be on its way: the broker takes the request for it back, or sends it.
            probe(consumer);
            probed = true;
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller's loop
    private void await(boolean forEver, long nanos) throws JMSException {
        try {
            if (forEver) {
                changed.await();
            } else {
                long unused = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failures.withCause(new JMSException("interrupted while waiting for a message"), interrupted);
        }
    }

    private static boolean isPull(AgenaConsumer consumer) {
        return consumer.sources.get(0).isPull();
    }

    private void requireConnected() throws JMSException {
        if (lost != null) {
            throw Failures.jms("cannot receive", lost);
        }
    }

    private @Nullable Delivery takeNow(AgenaConsumer consumer) throws JMSException {
        lock.lock();
        try {
            if (consumer.closed || closing) {
                return null;
            }
            Delivery delivery = pollLocked(consumer);
            if (delivery == null) {
                requireConnected();
            }
            return delivery;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Delivery pollLocked(AgenaConsumer consumer) {
        if (!started || consumer.closed || closing) {
            return null;
        }
        Delivery delivery = consumer.buffer.poll();
        if (delivery != null) {
            delivery.source().take(delivery);
        }
        return delivery;
    }

    /** Asks the broker for what it has. Returns when that is in the buffer. Waits. */
    private void probe(AgenaConsumer consumer) throws JMSException {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        lock.lock();
        try {
            if (!started || consumer.closed || closing) {
                return;
            }
            consumer.sources.forEach(source -> answers.add(source.probe()));
        } finally {
            lock.unlock();
        }
        for (CompletableFuture<Void> answer : answers) {
            Failures.await(answer, "cannot receive");
        }
    }

    /** Makes a message of a delivery and settles it as the mode says. Null for one that has expired, which is settled as well. */
    private @Nullable AgenaMessage handOver(Delivery delivery, Check check) throws JMSException {
        AgenaMessage message = read(delivery);
        if (isExpired(message)) {
            dropExpired(delivery);
            return null;
        }
        try {
            check.accept(message);
        } catch (JMSException refused) {
            if (mode == CLIENT_ACKNOWLEDGE) {
                settleAfterHandOver(delivery);
            } else {
                putBack(delivery);
            }
            throw refused;
        }
        settleAfterHandOver(delivery);
        return message;
    }

    private AgenaMessage read(Delivery delivery) {
        AgenaMessage message = reader.read(
                delivery.records(),
                delivery.at(),
                delivery.count(),
                delivery.source().consumer.destination());
        message.onAcknowledge(this::acknowledge);
        return message;
    }

    private boolean isExpired(AgenaMessage message) {
        return message.getJMSExpiration() != 0 && message.getJMSExpiration() <= connection.now();
    }

    /** Settles a message that expired while it waited here, in whatever mode. */
    private void dropExpired(Delivery delivery) {
        lock.lock();
        try {
            if (mode != CLIENT_ACKNOWLEDGE
                    && delivery.epoch() == delivery.source().epoch()) {
                delivery.source().acknowledgeSeenLater();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Puts a message back as if it had not been asked for. */
    private void putBack(Delivery delivery) {
        lock.lock();
        try {
            Source source = delivery.source();
            source.untake(delivery);
            source.consumer.buffer.addFirst(new Delivery(
                    source,
                    source.epoch(),
                    delivery.sequence(),
                    delivery.count(),
                    delivery.records(),
                    delivery.at(),
                    delivery.bytes()));
        } finally {
            lock.unlock();
        }
    }

    private void settleAfterHandOver(Delivery delivery) {
        lock.lock();
        try {
            settle(delivery.source());
        } finally {
            lock.unlock();
        }
    }

    /** What the mode does when a message is done with; in CLIENT mode only credit moves. Under the lock. */
    private void settle(Source source) {
        if (source.isGone()) {
            return;
        }
        switch (mode) {
            case AUTO_ACKNOWLEDGE -> {
                // After a recover the message is not this session's to acknowledge.
                if (source.hasUnacknowledged()) {
                    unconfirmed = source.acknowledgeSeen(false);
                }
            }
            case DUPS_OK_ACKNOWLEDGE -> {
                if (source.unacknowledgedCount() >= LAZY_MESSAGES_MAX || source.consumer.buffer.isEmpty()) {
                    source.acknowledgeSeenLater();
                }
            }
            default -> {
                if (!source.isPull()) {
                    source.returnCredit();
                }
            }
        }
    }

    /** In AUTO mode: makes sure that the last acknowledgement has reached the broker. Waits. */
    private void confirmLast() throws JMSException {
        CompletableFuture<Void> last;
        lock.lock();
        try {
            last = unconfirmed;
            unconfirmed = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            Failures.await(last, "the last message may not be acknowledged and come again");
        }
    }

    // ---- listening

    @Nullable
    MessageListener listenerOf(AgenaConsumer consumer) throws JMSException {
        lock.lock();
        try {
            requireOpenLocked(consumer);
            return consumer.listener;
        } finally {
            lock.unlock();
        }
    }

    void setListener(AgenaConsumer consumer, @Nullable MessageListener listener) throws JMSException {
        lock.lock();
        try {
            requireOpenLocked(consumer);
            if (listener != null && consumers.stream().anyMatch(each -> each.receiverCount > 0)) {
                throw new IllegalStateException(
                        "a thread is receiving from this session; it cannot have a listener as well");
            }
            consumer.listener = listener;
            dispatchIfNeeded();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the executor deliver to listeners, unless it does, or there is nothing to deliver. Under the lock. */
    private void dispatchIfNeeded() {
        if (!dispatching && started && !closing && hasWork()) {
            dispatching = true;
            connection.execute(this::dispatch);
        }
    }

    private boolean hasWork() {
        for (AgenaConsumer consumer : consumers) {
            if (consumer.listener != null && (!consumer.buffer.isEmpty() || isPull(consumer))) {
                return true;
            }
        }
        return false;
    }

    /** Delivers to listeners, one message at a time, until there are none; on the executor. */
    private void dispatch() {
        while (true) {
            Delivery delivery;
            MessageListener listener;
            lock.lock();
            try {
                delivery = nextForListener();
                if (delivery == null) {
                    // First idle, then the callback: it may run at once, and has to find nobody dispatching.
                    dispatching = false;
                    CompletableFuture<Void> last = unconfirmed;
                    if (last != null && hasWork()) {
                        var unused = last.whenComplete((done, failure) -> confirmed());
                    }
                    return;
                }
                AgenaConsumer consumer = delivery.source().consumer;
                listener = consumer.listener;
                listening = consumer;
                listenerThread = Thread.currentThread();
            } finally {
                lock.unlock();
            }
            boolean failed = false;
            try {
                AgenaMessage message = read(delivery);
                if (listener != null && !isExpired(message)) {
                    listener.onMessage(message);
                }
            } catch (RuntimeException foreign) {
                failed = true;
                LOG.warn(
                        "a message listener of {} failed",
                        delivery.source().consumer.destination(),
                        foreign);
            }
            afterListener(delivery, failed);
        }
    }

    /** The next message for a listener; null if there is none, or if the last one's acknowledgement has to be answered first. Under the lock. */
    private @Nullable Delivery nextForListener() {
        if (!started || closing) {
            return null;
        }
        CompletableFuture<Void> last = unconfirmed;
        if (last != null) {
            if (!last.isDone()) {
                return null;
            }
            unconfirmed = null;
        }
        for (int i = 0; i < consumers.size(); i++) {
            nextConsumer = nextConsumer + 1 < consumers.size() ? nextConsumer + 1 : 0;
            AgenaConsumer consumer = consumers.get(nextConsumer);
            if (consumer.listener == null) {
                continue;
            }
            Delivery delivery = pollLocked(consumer);
            if (delivery != null) {
                return delivery;
            }
            if (isPull(consumer)) {
                consumer.sources.forEach(Source::grantOne);
            }
        }
        return null;
    }

    /** The broker has answered an acknowledgement that a listener waited for. On an event loop. */
    private void confirmed() {
        lock.lock();
        try {
            dispatchIfNeeded();
        } finally {
            lock.unlock();
        }
    }

    private void afterListener(Delivery delivery, boolean failed) {
        lock.lock();
        try {
            Source source = delivery.source();
            boolean current = delivery.epoch() == source.epoch();
            if (failed && mode != CLIENT_ACKNOWLEDGE && current && !closing) {
                redeliver(source, delivery);
            } else {
                settle(source);
            }
        } finally {
            listening = null;
            listenerThread = null;
            changed.signalAll();
            lock.unlock();
        }
    }

    /** A listener failed in a mode that acknowledges by itself: the message comes again, before those behind it. Under the lock. */
    private void redeliver(Source source, Delivery delivery) {
        if (delivery.count() >= LISTENER_FAILURES_MAX) {
            LOG.error(
                    "a message of {} failed {} times; it stays unacknowledged until the session closes",
                    source.consumer.destination(),
                    delivery.count());
            return;
        }
        source.consumer.buffer.removeIf(waiting -> waiting.source() == source);
        var unused = source.release(true, true);
    }

    // ---- acknowledging

    /** What {@code Message.acknowledge} does: in CLIENT mode everything delivered so far, in the others nothing. Waits for the disk. */
    void acknowledge() throws JMSException {
        List<Source> sources = new ArrayList<>();
        List<Long> before = new ArrayList<>();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        lock.lock();
        try {
            requireOpenLocked();
            if (mode != CLIENT_ACKNOWLEDGE) {
                return;
            }
            for (Source source : allSources()) {
                if (source.hasUnacknowledged()) {
                    sources.add(source);
                    before.add(source.acknowledged());
                    answers.add(source.acknowledgeSeen(true));
                }
            }
            lingering.clear();
        } finally {
            lock.unlock();
        }
        JMSException failure = null;
        for (int i = 0; i < answers.size(); i++) {
            try {
                Failures.await(answers.get(i), "cannot acknowledge");
            } catch (JMSException e) {
                failure = e;
                acknowledgementFailed(sources.get(i), before.get(i));
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void acknowledgementFailed(Source source, long before) {
        lock.lock();
        try {
            source.acknowledgementFailed(before);
            if (source.consumer.closed && !lingering.contains(source)) {
                lingering.add(source);
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Source> allSources() {
        List<Source> all = new ArrayList<>();
        consumers.forEach(consumer -> all.addAll(consumer.sources));
        all.addAll(lingering);
        return all;
    }

    /** Gives back everything that is not acknowledged; it comes again from the oldest on, marked as redelivered. Waits for the broker. */
    @Override
    public void recover() throws JMSException {
        if (!isOwnCallback()) {
            confirmLast();
        }
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        lock.lock();
        try {
            requireOpenLocked();
            for (AgenaConsumer consumer : consumers) {
                consumer.buffer.clear();
            }
            for (Source source : allSources()) {
                if (mode == DUPS_OK_ACKNOWLEDGE && listenerThread != Thread.currentThread()) {
                    source.acknowledgeSeenLater();
                }
                answers.add(source.release(true, started && !source.consumer.closed));
            }
            lingering.clear();
        } finally {
            lock.unlock();
        }
        for (CompletableFuture<Void> answer : answers) {
            Failures.await(answer, "cannot recover");
        }
    }

    // ---- closing

    /** Ends a consumer. Waits for its listener, unless that is who calls, and for receiving threads. */
    void close(AgenaConsumer consumer) throws JMSException {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        lock.lock();
        try {
            if (consumer.closed || closed) {
                return;
            }
            consumer.closed = true;
            changed.signalAll();
            while (consumer.receiverCount > 0 || (listening == consumer && listenerThread != Thread.currentThread())) {
                changed.awaitUninterruptibly();
            }
            consumer.buffer.clear();
            consumers.remove(consumer);
            for (Source source : consumer.sources) {
                if (mode == DUPS_OK_ACKNOWLEDGE) {
                    source.acknowledgeSeenLater();
                }
                answers.add(source.detach(false));
                if (!consumer.destination().isQueue()) {
                    // The subscription ends with its consumer, and with it everything it had.
                    source.end();
                } else if (mode == CLIENT_ACKNOWLEDGE && source.hasUnacknowledged()) {
                    lingering.add(source);
                }
            }
        } finally {
            lock.unlock();
        }
        awaitIgnoringFailures(answers);
    }

    /** Ends the session. Waits for listeners, receiving threads and completion listeners. */
    @Override
    public void close() throws JMSException {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        lock.lock();
        try {
            if (closed || closing) {
                return;
            }
            if (isOwnCallbackLocked()) {
                throw new IllegalStateException("a session cannot be closed by its own listener");
            }
            closing = true;
            changed.signalAll();
            while (listening != null || isReceiving() || !pendingSends.isEmpty()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        awaitLastIgnoringFailure();
        lock.lock();
        try {
            closed = true;
            for (Source source : allSources()) {
                if (mode == DUPS_OK_ACKNOWLEDGE) {
                    source.acknowledgeSeenLater();
                }
                answers.add(source.detach(true));
            }
            for (AgenaConsumer consumer : consumers) {
                consumer.closed = true;
                consumer.buffer.clear();
            }
            consumers.clear();
            lingering.clear();
            producers.forEach(AgenaProducer::sessionClosed);
            producers.clear();
        } finally {
            lock.unlock();
        }
        awaitIgnoringFailures(answers);
        connection.remove(this);
    }

    private boolean isReceiving() {
        for (AgenaConsumer consumer : consumers) {
            if (consumer.receiverCount > 0) {
                return true;
            }
        }
        return false;
    }

    private void awaitLastIgnoringFailure() {
        try {
            confirmLast();
        } catch (JMSException failed) {
            LOG.debug("the last acknowledgement of a closing session failed", failed);
        }
    }

    /** What cannot be given back now comes back when the broker notices that the connection is gone. */
    private static void awaitIgnoringFailures(List<CompletableFuture<Void>> answers) {
        for (CompletableFuture<Void> answer : answers) {
            try {
                Failures.await(answer, "cannot give back");
            } catch (JMSException failed) {
                LOG.debug("a release failed", failed);
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
        String selector = requireSelector(messageSelector);
        return new AgenaBrowser(this, queue, ours, connection.route(ours), selector, reader);
    }

    // ---- later

    @Override
    public TopicSubscriber createDurableSubscriber(Topic topic, String name) throws JMSException {
        requireOpen();
        throw Failures.unavailable("durable subscriptions are");
    }

    @Override
    public TopicSubscriber createDurableSubscriber(
            Topic topic, String name, @Nullable String messageSelector, boolean noLocal) throws JMSException {
        return createDurableSubscriber(topic, name);
    }

    @Override
    public MessageConsumer createDurableConsumer(Topic topic, String name) throws JMSException {
        requireOpen();
        throw Failures.unavailable("durable subscriptions are");
    }

    @Override
    public MessageConsumer createDurableConsumer(
            Topic topic, String name, @Nullable String messageSelector, boolean noLocal) throws JMSException {
        return createDurableConsumer(topic, name);
    }

    @Override
    public MessageConsumer createSharedConsumer(Topic topic, String sharedSubscriptionName) throws JMSException {
        requireOpen();
        throw Failures.unavailable("shared subscriptions are");
    }

    @Override
    public MessageConsumer createSharedConsumer(
            Topic topic, String sharedSubscriptionName, @Nullable String messageSelector) throws JMSException {
        return createSharedConsumer(topic, sharedSubscriptionName);
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(Topic topic, String name) throws JMSException {
        requireOpen();
        throw Failures.unavailable("shared subscriptions are");
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(Topic topic, String name, @Nullable String messageSelector)
            throws JMSException {
        return createSharedDurableConsumer(topic, name);
    }

    @Override
    public void unsubscribe(String name) throws JMSException {
        requireOpen();
        throw new InvalidDestinationException("there is no durable subscription '" + name + "'");
    }
}
