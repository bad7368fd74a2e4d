// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import static io.agenamq.provider.session.Unchecked.act;
import static io.agenamq.provider.session.Unchecked.maybe;

import io.agenamq.provider.session.Unchecked.Call;
import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The simplified API over a classic session: the same behaviour with unchecked exceptions. Contexts made from one another share a connection,
 * which ends with the last of them.
 */
sealed class AgenaContext implements JMSContext permits AgenaXAContext {

    private final AgenaConnection connection;
    private final AtomicInteger sharers;
    private final AgenaSession session;
    private final int mode;
    private volatile boolean autoStart = true;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable AgenaProducer producer;

    /** The first context of a connection. */
    AgenaContext(AgenaConnection connection, int mode) throws JMSException {
        this(connection, new AtomicInteger(), mode);
    }

    private AgenaContext(AgenaConnection connection, AtomicInteger sharers, int mode) throws JMSException {
        this(connection, sharers, mode, connection.openContextSession(mode, AgenaSession::new));
    }

    /** A context over a session that is open. */
    AgenaContext(AgenaConnection connection, AtomicInteger sharers, int mode, AgenaSession session) {
        this.connection = connection;
        this.sharers = sharers;
        this.mode = mode;
        this.session = session;
        sharers.incrementAndGet();
    }

    static void requireMode(int mode) {
        if ((mode < SESSION_TRANSACTED || mode > DUPS_OK_ACKNOWLEDGE) && mode != AgenaSession.INDIVIDUAL_ACKNOWLEDGE) {
            throw new JMSRuntimeException("there is no session mode " + mode);
        }
    }

    AgenaSession session() {
        return session;
    }

    AgenaProducer anonymousProducer() throws JMSException {
        AgenaProducer known = producer;
        if (known == null) {
            known = (AgenaProducer) session.createProducer(null);
            producer = known;
        }
        return known;
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        if (closed.get()) {
            throw new IllegalStateRuntimeException("the context is closed");
        }
        requireMode(sessionMode);
        return Unchecked.get(() -> new AgenaContext(connection, sharers, sessionMode));
    }

    @Override
    public JMSProducer createProducer() {
        act(session::requireOpen);
        connection.contextUsed();
        return new AgenaJmsProducer(this);
    }

    @Override
    public @Nullable String getClientID() {
        act(session::requireOpen);
        return maybe(connection::getClientID);
    }

    @Override
    public void setClientID(String clientID) {
        act(session::requireOpen);
        act(() -> connection.setClientID(clientID));
    }

    @Override
    public ConnectionMetaData getMetaData() {
        act(session::requireOpen);
        return Unchecked.get(connection::getMetaData);
    }

    @Override
    public @Nullable ExceptionListener getExceptionListener() {
        act(session::requireOpen);
        return maybe(connection::getExceptionListener);
    }

    @Override
    public void setExceptionListener(@Nullable ExceptionListener listener) {
        act(session::requireOpen);
        act(() -> connection.setExceptionListener(listener));
    }

    @Override
    public void start() {
        act(session::requireOpen);
        act(connection::start);
    }

    @Override
    public void stop() {
        act(session::requireOpen);
        act(connection::stop);
    }

    @Override
    public void setAutoStart(boolean autoStart) {
        act(session::requireOpen);
        this.autoStart = autoStart;
    }

    @Override
    public boolean getAutoStart() {
        act(session::requireOpen);
        return autoStart;
    }

    @Override
    public void close() {
        if (closed.get()) {
            return;
        }
        act(session::close);
        // Several threads may close it; one of them is the one that leaves the connection.
        if (closed.compareAndSet(false, true) && sharers.decrementAndGet() == 0) {
            act(connection::close);
        }
    }

    @Override
    public BytesMessage createBytesMessage() {
        return used(session::createBytesMessage);
    }

    @Override
    public MapMessage createMapMessage() {
        return used(session::createMapMessage);
    }

    @Override
    public Message createMessage() {
        return used(session::createMessage);
    }

    @Override
    public ObjectMessage createObjectMessage() {
        return used(session::createObjectMessage);
    }

    @Override
    public ObjectMessage createObjectMessage(@Nullable Serializable object) {
        return used(() -> session.createObjectMessage(object));
    }

    @Override
    public StreamMessage createStreamMessage() {
        return used(session::createStreamMessage);
    }

    @Override
    public TextMessage createTextMessage() {
        return used(session::createTextMessage);
    }

    @Override
    public TextMessage createTextMessage(@Nullable String text) {
        return used(() -> session.createTextMessage(text));
    }

    @Override
    public boolean getTransacted() {
        return Unchecked.get(session::getTransacted);
    }

    @Override
    public int getSessionMode() {
        act(session::requireOpen);
        return mode;
    }

    @Override
    public void commit() {
        act(session::commit);
    }

    @Override
    public void rollback() {
        act(session::rollback);
    }

    @Override
    public void recover() {
        act(session::recover);
    }

    private <T> T used(Call<T> call) {
        T result = Unchecked.get(call);
        connection.contextUsed();
        return result;
    }

    private JMSConsumer consumer(Call<AgenaConsumer> opened) {
        AgenaConsumer consumer = used(opened);
        if (autoStart) {
            act(connection::start);
        }
        return new AgenaJmsConsumer(consumer);
    }

    @Override
    public JMSConsumer createConsumer(Destination destination) {
        return consumer(() -> session.openConsumer(destination, null, false));
    }

    @Override
    public JMSConsumer createConsumer(Destination destination, @Nullable String messageSelector) {
        return consumer(() -> session.openConsumer(destination, messageSelector, false));
    }

    @Override
    public JMSConsumer createConsumer(Destination destination, @Nullable String messageSelector, boolean noLocal) {
        return consumer(() -> session.openConsumer(destination, messageSelector, noLocal));
    }

    @Override
    public Queue createQueue(String queueName) {
        return used(() -> session.createQueue(queueName));
    }

    @Override
    public Topic createTopic(String topicName) {
        return used(() -> session.createTopic(topicName));
    }

    @Override
    public JMSConsumer createDurableConsumer(Topic topic, String name) {
        return createDurableConsumer(topic, name, null, false);
    }

    @Override
    public JMSConsumer createDurableConsumer(
            Topic topic, String name, @Nullable String messageSelector, boolean noLocal) {
        return consumer(() -> session.openSubscriber(topic, name, messageSelector, noLocal, true, false));
    }

    @Override
    public JMSConsumer createSharedDurableConsumer(Topic topic, String name) {
        return createSharedDurableConsumer(topic, name, null);
    }

    @Override
    public JMSConsumer createSharedDurableConsumer(Topic topic, String name, @Nullable String messageSelector) {
        return consumer(() -> session.openSubscriber(topic, name, messageSelector, false, true, true));
    }

    @Override
    public JMSConsumer createSharedConsumer(Topic topic, String sharedSubscriptionName) {
        return createSharedConsumer(topic, sharedSubscriptionName, null);
    }

    @Override
    public JMSConsumer createSharedConsumer(
            Topic topic, String sharedSubscriptionName, @Nullable String messageSelector) {
        return consumer(
                () -> session.openSubscriber(topic, sharedSubscriptionName, messageSelector, false, false, true));
    }

    @Override
    public QueueBrowser createBrowser(Queue queue) {
        return used(() -> session.createBrowser(queue));
    }

    @Override
    public QueueBrowser createBrowser(Queue queue, @Nullable String messageSelector) {
        return used(() -> session.createBrowser(queue, messageSelector));
    }

    @Override
    public TemporaryQueue createTemporaryQueue() {
        return used(session::createTemporaryQueue);
    }

    @Override
    public TemporaryTopic createTemporaryTopic() {
        return used(session::createTemporaryTopic);
    }

    @Override
    public void unsubscribe(String name) {
        act(() -> session.unsubscribe(name));
    }

    @Override
    public void acknowledge() {
        act(session::acknowledge);
    }
}
