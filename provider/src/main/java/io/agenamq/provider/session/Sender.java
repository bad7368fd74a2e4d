// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.provider.client.OutgoingMessage;
import io.agenamq.provider.client.Route;
import io.agenamq.provider.destination.AgenaDestination;
import io.agenamq.provider.message.AgenaMessage;
import io.agenamq.provider.message.MessageWriter;
import jakarta.jms.CompletionListener;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.concurrent.CompletableFuture;

/**
 * Sends the messages of one session, all in the same lane, so that they stay in their order. Belongs to the session's thread.
 */
final class Sender {

    /** What it means if nobody knows whether a send was done. */
    static final String IN_DOUBT = "; the message may be stored or not, and is not sent again";

    private final AgenaConnection connection;
    private final int lane;
    private final Completions completions;
    private final MessageWriter writer = new MessageWriter();

    /**
     * A sender.
     *
     * @param lane of its messages in destinations with several message queues
     */
    Sender(AgenaConnection connection, int lane, Completions completions) {
        this.connection = connection;
        this.lane = lane;
        this.completions = completions;
    }

    /** Sends a message. Waits until it is stored as its delivery mode asks, and before that for a connection if there is none. */
    void send(AgenaDestination destination, Message message, SendOptions options) throws JMSException {
        CompletableFuture<Void> answer = begin(destination, message, options);
        try {
            Failures.await(answer, "cannot send to " + destination, IN_DOUBT);
        } catch (InvalidDestinationException gone) {
            connection.forgetRoute(destination);
            throw gone;
        }
    }

    /** Sends a message without waiting; {@code listener} is told. */
    void send(AgenaDestination destination, Message message, SendOptions options, CompletionListener listener)
            throws JMSException {
        completions.add(begin(destination, message, options), message, listener);
    }

    private CompletableFuture<Void> begin(AgenaDestination destination, Message message, SendOptions options)
            throws JMSException {
        AgenaMessage ours = MessageWriter.ours(message);
        Route route = connection.route(destination);
        String key = connection.nextMessageKey();
        long now = connection.now();
        setSendHeaders(ours, destination, options, key, now);
        MessageWriter.Written written = writer.from(connection.clientId()).write(ours, key);
        if (message != ours) {
            setSendHeaders(message, destination, options, key, now);
        }
        return connection
                .link()
                .send(
                        route,
                        new OutgoingMessage(now, written.properties(), written.body(), options.isPersistent(), lane));
    }

    private static void setSendHeaders(
            Message message, AgenaDestination destination, SendOptions options, String key, long now)
            throws JMSException {
        message.setJMSDestination(destination);
        message.setJMSDeliveryMode(options.deliveryMode());
        message.setJMSPriority(options.priority());
        message.setJMSTimestamp(now);
        message.setJMSDeliveryTime(now + options.deliveryDelay());
        message.setJMSExpiration(options.timeToLive() == 0 ? 0 : now + options.timeToLive());
        message.setJMSMessageID(JmsProperties.MESSAGE_ID_PREFIX + key);
        message.setJMSRedelivered(false);
    }
}
