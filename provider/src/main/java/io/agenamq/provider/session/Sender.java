// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.OutgoingMessage;
import io.agenamq.provider.client.Route;
import io.agenamq.provider.client.Withdrawable;
import io.agenamq.provider.destination.AgenaDestination;
import io.agenamq.provider.message.AgenaMessage;
import io.agenamq.provider.message.MessageWriter;
import jakarta.jms.CompletionListener;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends the messages of one session, all in the same lane, so that they stay in their order. Belongs to the session's thread.
 */
final class Sender {

    /** What it means if nobody knows whether a send was done. */
    static final String IN_DOUBT = "; the message may be stored or not, and is not sent again";

    private static final String GROUP = "JMSXGroupID";

    private final AgenaConnection connection;
    private final int lane;
    private final Completions completions;
    private final MessageWriter writer = new MessageWriter();
    private final Coordination coordination;
    private final PartitionChoice partitions;

    /**
     * A sender.
     *
     * @param lane of its messages in destinations with several message queues
     * @param coordination says what its messages belong to
     */
    Sender(AgenaConnection connection, int lane, Completions completions, Coordination coordination) {
        this.connection = connection;
        this.lane = lane;
        this.completions = completions;
        this.coordination = coordination;
        this.partitions = new PartitionChoice(connection.link(), connection::nanoTime, lane);
    }

    /**
     * Sends a message. Waits until it is stored as its delivery mode asks, and before that for a connection if there is none. In a transaction it
     * waits as the transaction asks.
     */
    void send(AgenaDestination destination, Message message, SendOptions options) throws JMSException {
        CompletableFuture<Void> answer = begin(destination, message, options, false);
        try {
            Failures.await(answer, "cannot send to " + destination, IN_DOUBT);
        } catch (InvalidDestinationException gone) {
            connection.forgetRoute(destination);
            throw gone;
        }
    }

    /** Sends a message without waiting for anything but {@linkplain SendRoom room}; {@code listener} is told. */
    void send(AgenaDestination destination, Message message, SendOptions options, CompletionListener listener)
            throws JMSException {
        completions.add(begin(destination, message, options, true), message, listener);
    }

    private CompletableFuture<Void> begin(
            AgenaDestination destination, Message message, SendOptions options, boolean answered) throws JMSException {
        AgenaMessage ours = MessageWriter.ours(message);
        coordination.used();
        Route route = connection.route(destination);
        String key = connection.nextMessageKey();
        long now = connection.now();
        setSendHeaders(ours, destination, options, key, now);
        MessageWriter.Written written = writer.from(connection.clientId()).write(ours, key);
        if (message != ours) {
            setSendHeaders(message, destination, options, key, now);
        }
        OutgoingMessage outgoing =
                new OutgoingMessage(now, written.properties(), written.body(), options.isPersistent(), lane);
        TransactionWork transaction = coordination.present();
        if (transaction != null) {
            return route.isPartitioned()
                    ? sendToPartition(transaction, destination, route, ours, outgoing, answered)
                    : transaction.send(destination, route, outgoing, answered);
        }
        // What is partitioned goes to whichever broker is there.
        SendRoom room = connection.sendRoom(
                route.isPartitioned() ? "" : route.homeOf(lane).broker());
        int bytes = written.body().remaining() + written.properties().remaining() + SendRoom.BYTES_PER_MESSAGE;
        room.enter(bytes);
        boolean begun = false;
        try {
            CompletableFuture<Void> answer = route.isPartitioned()
                    ? sendToPartition(route, ours, outgoing)
                    : connection.link().send(route, outgoing);
            begun = true;
            var unused = answer.whenComplete((done, failure) -> answered(destination, room, bytes, failure));
            return answer;
        } finally {
            if (!begun) {
                room.leave(bytes);
            }
        }
    }

    private void answered(AgenaDestination destination, SendRoom room, int bytes, @Nullable Throwable failure) {
        room.leave(bytes);
        if (failure != null && ClientException.of(failure).reason() == ClientException.Reason.NO_SUCH_DESTINATION) {
            // Nobody may wait for this one, and the next one has to look where the destination is.
            connection.forgetRoute(destination);
        }
    }

    private CompletableFuture<Void> sendToPartition(
            TransactionWork transaction,
            AgenaDestination destination,
            Route route,
            AgenaMessage message,
            OutgoingMessage outgoing,
            boolean answered)
            throws JMSException {
        Route one = partitions.choose(route, message.getStringProperty(GROUP), transaction.broker());
        return transaction.send(destination, one, outgoing, answered);
    }

    /** A message that was certainly not sent to one partition is sent to another; one that is in doubt is not. */
    private CompletableFuture<Void> sendToPartition(Route route, AgenaMessage message, OutgoingMessage outgoing)
            throws JMSException {
        String group = message.getStringProperty(GROUP);
        for (int i = 1; i < route.homes().size(); i++) {
            Route one = partitions.choose(route, group, null);
            CompletableFuture<Void> answer = connection.link().send(one, outgoing);
            if (!(answer instanceof Withdrawable held) || answer.isDone()) {
                return answer;
            }
            held.withdraw();
            boolean unsent = answer.isCompletedExceptionally()
                    && answer.handle((done, failure) ->
                                            ClientException.of(failure).reason())
                                    .join()
                            == ClientException.Reason.UNREACHABLE;
            if (!unsent) {
                return answer;
            }
            partitions.unreachable(one.homes().get(0));
        }
        return connection.link().send(partitions.choose(route, group, null), outgoing);
    }

    private static void setSendHeaders(
            Message message, AgenaDestination destination, SendOptions options, String key, long now)
            throws JMSException {
        message.setJMSDestination(destination);
        message.setJMSDeliveryMode(options.deliveryMode());
        message.setJMSPriority(options.priority());
        message.setJMSTimestamp(now);
        message.setJMSDeliveryTime(after(now, options.deliveryDelay()));
        message.setJMSExpiration(options.timeToLive() == 0 ? 0 : after(now, options.timeToLive()));
        message.setJMSMessageID(JmsProperties.MESSAGE_ID_PREFIX + key);
        message.setJMSRedelivered(false);
    }

    /** Applications say Long.MAX_VALUE for "for ever". */
    private static long after(long now, long millis) {
        return Math.min(millis, JmsProperties.TIME_MAX - now) + now;
    }
}
