// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSProducer;
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
import java.io.Serial;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What is injected: each call goes to the context that it stands for at that moment ({@link CurrentContexts}). The container begins and ends contexts, and
 * decides about their transactions; the methods with which an application would do that are refused (§12.4.3).
 *
 * <p>Serializable, as beans of long scopes need it; one that was written is another one when it is read, with the same terms.
 */
final class InjectedContext implements JMSContext, Serializable {

    @Serial
    private static final long serialVersionUID = 1;

    private final ContextTerms terms;
    private final transient CurrentContexts contexts;
    private final transient OwnContext own = new OwnContext();

    InjectedContext(ContextTerms terms, CurrentContexts contexts) {
        this.terms = terms;
        this.contexts = contexts;
    }

    @Serial
    private Object readResolve() {
        return CDI.current().select(MessagingExtension.class).get().contextOf(terms);
    }

    private ScopedContext current() {
        return contexts.of(terms, own);
    }

    private JMSContext context() {
        return current().context();
    }

    /** The object that it was injected into is gone. */
    void destroy() {
        own.close();
    }

    private static IllegalStateRuntimeException forbidden(String method) {
        return new IllegalStateRuntimeException("JMSContext." + method
                + " must not be called on an injected context: its container does that; use ConnectionFactory.createContext "
                + "for a context of your own");
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        return context().createContext(sessionMode);
    }

    @Override
    public JMSProducer createProducer() {
        return context().createProducer();
    }

    @Override
    public @Nullable String getClientID() {
        return context().getClientID();
    }

    @Override
    public void setClientID(String clientID) {
        throw forbidden("setClientID");
    }

    @Override
    public ConnectionMetaData getMetaData() {
        return context().getMetaData();
    }

    @Override
    public @Nullable ExceptionListener getExceptionListener() {
        return context().getExceptionListener();
    }

    @Override
    public void setExceptionListener(@Nullable ExceptionListener listener) {
        throw forbidden("setExceptionListener");
    }

    @Override
    public void start() {
        throw forbidden("start");
    }

    @Override
    public void stop() {
        throw forbidden("stop");
    }

    @Override
    public void setAutoStart(boolean autoStart) {
        throw forbidden("setAutoStart");
    }

    @Override
    public boolean getAutoStart() {
        return context().getAutoStart();
    }

    @Override
    public void close() {
        throw forbidden("close");
    }

    @Override
    public BytesMessage createBytesMessage() {
        return context().createBytesMessage();
    }

    @Override
    public MapMessage createMapMessage() {
        return context().createMapMessage();
    }

    @Override
    public Message createMessage() {
        return context().createMessage();
    }

    @Override
    public ObjectMessage createObjectMessage() {
        return context().createObjectMessage();
    }

    @Override
    public ObjectMessage createObjectMessage(Serializable object) {
        return context().createObjectMessage(object);
    }

    @Override
    public StreamMessage createStreamMessage() {
        return context().createStreamMessage();
    }

    @Override
    public TextMessage createTextMessage() {
        return context().createTextMessage();
    }

    @Override
    public TextMessage createTextMessage(String text) {
        return context().createTextMessage(text);
    }

    @Override
    public boolean getTransacted() {
        return context().getTransacted();
    }

    @Override
    public int getSessionMode() {
        return context().getSessionMode();
    }

    @Override
    public void commit() {
        throw forbidden("commit");
    }

    @Override
    public void rollback() {
        throw forbidden("rollback");
    }

    @Override
    public void recover() {
        throw forbidden("recover");
    }

    @Override
    public JMSConsumer createConsumer(Destination destination) {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createConsumer(destination));
    }

    @Override
    public JMSConsumer createConsumer(Destination destination, @Nullable String selector) {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createConsumer(destination, selector));
    }

    @Override
    public JMSConsumer createConsumer(Destination destination, @Nullable String selector, boolean noLocal) {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createConsumer(destination, selector, noLocal));
    }

    @Override
    public Queue createQueue(String queueName) {
        return context().createQueue(queueName);
    }

    @Override
    public Topic createTopic(String topicName) {
        return context().createTopic(topicName);
    }

    @Override
    public JMSConsumer createDurableConsumer(Topic topic, String name) {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createDurableConsumer(topic, name));
    }

    @Override
    public JMSConsumer createDurableConsumer(Topic topic, String name, @Nullable String selector, boolean noLocal) {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createDurableConsumer(topic, name, selector, noLocal));
    }

    @Override
    public JMSConsumer createSharedDurableConsumer(Topic topic, String name) {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createSharedDurableConsumer(topic, name));
    }

    @Override
    public JMSConsumer createSharedDurableConsumer(Topic topic, String name, @Nullable String selector) {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createSharedDurableConsumer(topic, name, selector));
    }

    @Override
    public JMSConsumer createSharedConsumer(Topic topic, String name) {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createSharedConsumer(topic, name));
    }

    @Override
    public JMSConsumer createSharedConsumer(Topic topic, String name, @Nullable String selector) {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createSharedConsumer(topic, name, selector));
    }

    @Override
    public QueueBrowser createBrowser(Queue queue) {
        return context().createBrowser(queue);
    }

    @Override
    public QueueBrowser createBrowser(Queue queue, @Nullable String selector) {
        return context().createBrowser(queue, selector);
    }

    @Override
    public TemporaryQueue createTemporaryQueue() {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createTemporaryQueue());
    }

    @Override
    public TemporaryTopic createTemporaryTopic() {
        ScopedContext scoped = current();
        return scoped.owns(scoped.context().createTemporaryTopic());
    }

    @Override
    public void unsubscribe(String name) {
        context().unsubscribe(name);
    }

    @Override
    public void acknowledge() {
        throw forbidden("acknowledge");
    }

    @Override
    public String toString() {
        return "injected context of " + terms;
    }
}
