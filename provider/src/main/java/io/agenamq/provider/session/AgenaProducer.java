// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageProducer;
import org.jspecify.annotations.Nullable;

/**
 * A producer: defaults and argument checks, in the order in which the arguments of its methods below are evaluated: closed, wrong kind of
 * producer, completion listener, destination, message, options. The sending itself is the {@link Sender}'s. Belongs to its
 * session's thread, but may be closed by another.
 */
sealed class AgenaProducer implements MessageProducer permits AgenaQueueSender, AgenaTopicPublisher {

    private final AgenaSession session;
    private final @Nullable AgenaDestination destination;
    private boolean disableMessageId;
    private boolean disableMessageTimestamp;
    private SendOptions options = SendOptions.DEFAULT;
    private volatile boolean closed;

    AgenaProducer(AgenaSession session, @Nullable AgenaDestination destination) {
        this.session = session;
        this.destination = destination;
    }

    private void requireOpen() throws IllegalStateException {
        if (closed) {
            throw new IllegalStateException("the producer is closed");
        }
    }

    /** The hint is noted and not followed: an id is always given. */
    @Override
    public void setDisableMessageID(boolean value) throws JMSException {
        requireOpen();
        disableMessageId = value;
    }

    @Override
    public boolean getDisableMessageID() throws JMSException {
        requireOpen();
        return disableMessageId;
    }

    /** The hint is noted and not followed: a timestamp is always given. */
    @Override
    public void setDisableMessageTimestamp(boolean value) throws JMSException {
        requireOpen();
        disableMessageTimestamp = value;
    }

    @Override
    public boolean getDisableMessageTimestamp() throws JMSException {
        requireOpen();
        return disableMessageTimestamp;
    }

    @Override
    public void setDeliveryMode(int deliveryMode) throws JMSException {
        requireOpen();
        options = options.withDeliveryMode(deliveryMode);
    }

    @Override
    public int getDeliveryMode() throws JMSException {
        requireOpen();
        return options.deliveryMode();
    }

    @Override
    public void setPriority(int defaultPriority) throws JMSException {
        requireOpen();
        options = options.withPriority(defaultPriority);
    }

    @Override
    public int getPriority() throws JMSException {
        requireOpen();
        return options.priority();
    }

    @Override
    public void setTimeToLive(long timeToLive) throws JMSException {
        requireOpen();
        options = options.withTimeToLive(timeToLive);
    }

    @Override
    public long getTimeToLive() throws JMSException {
        requireOpen();
        return options.timeToLive();
    }

    @Override
    public void setDeliveryDelay(long deliveryDelay) throws JMSException {
        requireOpen();
        options = options.withDeliveryDelay(deliveryDelay);
    }

    @Override
    public long getDeliveryDelay() throws JMSException {
        requireOpen();
        return options.deliveryDelay();
    }

    @Override
    public @Nullable Destination getDestination() throws JMSException {
        requireOpen();
        return destination;
    }

    @Override
    public void send(Message message) throws JMSException {
        send(own(), required(message), options, null);
    }

    @Override
    public void send(Message message, int deliveryMode, int priority, long timeToLive) throws JMSException {
        send(own(), required(message), options.with(deliveryMode, priority, timeToLive), null);
    }

    @Override
    public void send(Destination destination, Message message) throws JMSException {
        send(given(destination), required(message), options, null);
    }

    @Override
    public void send(Destination destination, Message message, int deliveryMode, int priority, long timeToLive)
            throws JMSException {
        send(given(destination), required(message), options.with(deliveryMode, priority, timeToLive), null);
    }

    @Override
    public void send(Message message, CompletionListener completionListener) throws JMSException {
        AgenaDestination to = own();
        CompletionListener told = required(completionListener);
        send(to, required(message), options, told);
    }

    @Override
    public void send(
            Message message, int deliveryMode, int priority, long timeToLive, CompletionListener completionListener)
            throws JMSException {
        AgenaDestination to = own();
        CompletionListener told = required(completionListener);
        send(to, required(message), options.with(deliveryMode, priority, timeToLive), told);
    }

    @Override
    public void send(Destination destination, Message message, CompletionListener completionListener)
            throws JMSException {
        requireAnonymous();
        CompletionListener told = required(completionListener);
        send(given(destination), required(message), options, told);
    }

    @Override
    public void send(
            Destination destination,
            Message message,
            int deliveryMode,
            int priority,
            long timeToLive,
            CompletionListener completionListener)
            throws JMSException {
        requireAnonymous();
        CompletionListener told = required(completionListener);
        send(given(destination), required(message), options.with(deliveryMode, priority, timeToLive), told);
    }

    /** What the simplified API sends over a producer without a destination, with options of its own. */
    void send(
            Destination destination, @Nullable Message message, SendOptions with, @Nullable CompletionListener listener)
            throws JMSException {
        send(given(destination), required(message), with, listener);
    }

    private void send(AgenaDestination to, Message message, SendOptions with, @Nullable CompletionListener listener)
            throws JMSException {
        if (listener == null) {
            session.sender().send(to, message, with);
        } else {
            session.sender().send(to, message, with, listener);
        }
    }

    private AgenaDestination own() throws JMSException {
        requireOpenForSend();
        if (destination == null) {
            throw new UnsupportedOperationException("this producer has no destination; send(destination, message)");
        }
        return destination;
    }

    private AgenaDestination given(@Nullable Destination to) throws JMSException {
        requireAnonymous();
        return AgenaDestination.of(to);
    }

    private void requireAnonymous() throws JMSException {
        requireOpenForSend();
        if (destination != null) {
            throw new UnsupportedOperationException("this producer sends to " + destination + "; send(message)");
        }
    }

    private void requireOpenForSend() throws JMSException {
        requireOpen();
        session.requireOpen();
    }

    private static CompletionListener required(@Nullable CompletionListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("the completion listener is null");
        }
        return listener;
    }

    private static Message required(@Nullable Message message) throws MessageFormatException {
        if (message == null) {
            throw new MessageFormatException("the message is null");
        }
        return message;
    }

    void sessionClosed() {
        closed = true;
    }

    /** Waits for the completion listeners of the session, whose sends are in one order. */
    @Override
    public void close() throws JMSException {
        if (closed) {
            return;
        }
        if (session.state().isInCompletion()) {
            throw new IllegalStateException("a producer cannot be closed by its own completion listener");
        }
        closed = true;
        session.completions().awaitAll(session.closeTimeoutNanos());
        session.remove(this);
    }
}
