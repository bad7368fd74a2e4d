// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.CompletionListener;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageProducer;
import org.jspecify.annotations.Nullable;

/**
 * A producer: defaults and argument checks, in the order of Jakarta Messaging 3.1 §7; the sending itself is the session's. Belongs to its
 * session's thread, but may be closed by another.
 */
final class AgenaProducer implements MessageProducer {

    private static final int PRIORITY_MAX = 9;

    private final AgenaSession session;
    private final @Nullable AgenaDestination destination;
    private boolean disableMessageId;
    private boolean disableMessageTimestamp;
    private int deliveryMode = Message.DEFAULT_DELIVERY_MODE;
    private int priority = Message.DEFAULT_PRIORITY;
    private long timeToLive = Message.DEFAULT_TIME_TO_LIVE;
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
        requireDeliveryMode(deliveryMode);
        this.deliveryMode = deliveryMode;
    }

    @Override
    public int getDeliveryMode() throws JMSException {
        requireOpen();
        return deliveryMode;
    }

    @Override
    public void setPriority(int defaultPriority) throws JMSException {
        requireOpen();
        requirePriority(defaultPriority);
        this.priority = defaultPriority;
    }

    @Override
    public int getPriority() throws JMSException {
        requireOpen();
        return priority;
    }

    @Override
    public void setTimeToLive(long timeToLive) throws JMSException {
        requireOpen();
        requireTimeToLive(timeToLive);
        this.timeToLive = timeToLive;
    }

    @Override
    public long getTimeToLive() throws JMSException {
        requireOpen();
        return timeToLive;
    }

    @Override
    public void setDeliveryDelay(long deliveryDelay) throws JMSException {
        requireOpen();
        requireDelay(deliveryDelay);
    }

    @Override
    public long getDeliveryDelay() throws JMSException {
        requireOpen();
        return 0;
    }

    @Override
    public @Nullable Destination getDestination() throws JMSException {
        requireOpen();
        return destination;
    }

    @Override
    public void send(Message message) throws JMSException {
        send(own(), message, deliveryMode, priority, timeToLive, null);
    }

    @Override
    public void send(Message message, int deliveryMode, int priority, long timeToLive) throws JMSException {
        send(own(), message, deliveryMode, priority, timeToLive, null);
    }

    @Override
    public void send(Destination destination, Message message) throws JMSException {
        send(given(destination), message, deliveryMode, priority, timeToLive, null);
    }

    @Override
    public void send(Destination destination, Message message, int deliveryMode, int priority, long timeToLive)
            throws JMSException {
        send(given(destination), message, deliveryMode, priority, timeToLive, null);
    }

    @Override
    public void send(Message message, CompletionListener completionListener) throws JMSException {
        AgenaDestination to = own();
        requireListener(completionListener);
        send(to, message, deliveryMode, priority, timeToLive, completionListener);
    }

    @Override
    public void send(
            Message message, int deliveryMode, int priority, long timeToLive, CompletionListener completionListener)
            throws JMSException {
        AgenaDestination to = own();
        requireListener(completionListener);
        send(to, message, deliveryMode, priority, timeToLive, completionListener);
    }

    @Override
    public void send(Destination destination, Message message, CompletionListener completionListener)
            throws JMSException {
        requireAnonymous();
        requireListener(completionListener);
        send(given(destination), message, deliveryMode, priority, timeToLive, completionListener);
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
        requireListener(completionListener);
        send(given(destination), message, deliveryMode, priority, timeToLive, completionListener);
    }

    private AgenaDestination own() throws JMSException {
        requireOpen();
        if (destination == null) {
            throw new UnsupportedOperationException("this producer has no destination; send(destination, message)");
        }
        return destination;
    }

    private void requireAnonymous() throws JMSException {
        requireOpen();
        if (destination != null) {
            throw new UnsupportedOperationException("this producer sends to " + destination + "; send(message)");
        }
    }

    private AgenaDestination given(@Nullable Destination to) throws JMSException {
        requireAnonymous();
        return AgenaDestination.of(to);
    }

    private static void requireListener(@Nullable CompletionListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("the completion listener is null");
        }
    }

    private void send(
            AgenaDestination to,
            @Nullable Message message,
            int mode,
            int withPriority,
            long ttl,
            @Nullable CompletionListener listener)
            throws JMSException {
        session.requireOpen();
        if (message == null) {
            throw new MessageFormatException("the message is null");
        }
        requireDeliveryMode(mode);
        requirePriority(withPriority);
        requireTimeToLive(ttl);
        session.send(to, message, new AgenaSession.SendOptions(mode, withPriority, ttl), listener);
    }

    static void requireDeliveryMode(int mode) throws JMSException {
        if (mode != DeliveryMode.PERSISTENT && mode != DeliveryMode.NON_PERSISTENT) {
            throw new JMSException("delivery mode " + mode + " is neither PERSISTENT (2) nor NON_PERSISTENT (1)");
        }
    }

    static void requirePriority(int priority) throws JMSException {
        if (priority < 0 || priority > PRIORITY_MAX) {
            throw new JMSException("priority " + priority + " is not between 0 and " + PRIORITY_MAX);
        }
    }

    static void requireTimeToLive(long millis) throws JMSException {
        if (millis < 0) {
            throw new JMSException("a time to live of " + millis + " ms is in the past");
        }
    }

    static void requireDelay(long millis) throws JMSException {
        if (millis != 0) {
            throw millis < 0
                    ? new JMSException("a delivery delay of " + millis + " ms is in the past")
                    : Failures.unavailable("delivery delays are");
        }
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
        if (session.isInCompletion()) {
            throw new IllegalStateException("a producer cannot be closed by its own completion listener");
        }
        closed = true;
        session.awaitCompletions();
        session.remove(this);
    }
}
