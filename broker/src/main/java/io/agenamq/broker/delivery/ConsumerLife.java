// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsAttachRequest;
import io.agenamq.protocol.command.JmsAttachResponse;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * How consumers begin and end.
 *
 * <pre>
 *   begin ──▶ attached ──leave──▶ detached ──last delivery acknowledged or given back──▶ forgotten
 *                │ ↑                  ↑
 *           lose ↓ │ resumed          │ waited for in vain
 *              absent ────────────────┘
 * </pre>
 *
 * <p>On the thread at work on the consumer's destination.
 */
final class ConsumerLife {

    private final Store store;
    private final InstantSource clock;
    private final ActiveDestinations destinations;
    private final NamedSubscriptions names;
    private final Attachments attachments;

    ConsumerLife(
            Store store,
            InstantSource clock,
            ActiveDestinations destinations,
            NamedSubscriptions names,
            Attachments attachments) {
        this.store = store;
        this.clock = clock;
        this.destinations = destinations;
        this.names = names;
        this.attachments = attachments;
    }

    /** A consumer begins on its subscription; the request is answered when its connection knows it. */
    void begin(
            Request request,
            JmsAttachRequest attach,
            ConnectionConsumers consumers,
            Destination destination,
            Subscription subscription,
            Lane.Filter filter,
            @Nullable UsedSubscription used) {
        AttachedConsumer consumer = new AttachedConsumer(
                attach.consumer(),
                request.connection(),
                destination,
                subscription,
                subscription.join(filter),
                used,
                attach.attachment());
        consumer.setClientId(consumers.clientId());
        subscription.add(consumer);
        AttachedConsumer late = attachments.add(consumer);
        if (late != null) {
            // Attached over a former connection meanwhile, by a request that was on its way for long.
            late.destination.postAlways(() -> end(late));
            late.destination.work();
        }
        consumer.addCredit(0, attach.messages(), attach.bytes());
        destination.stir(subscription);
        admit(request, consumers, consumer, false);
    }

    /** Makes a consumer known to its connection, on the connection's loop, and answers; unless the connection was lost meanwhile. */
    void admit(Request request, ConnectionConsumers consumers, AttachedConsumer consumer, boolean resumed) {
        Header answer = new JmsAttachResponse(resumed, consumer.subscription.id());
        onLoop(consumer.connection, () -> {
            if (consumer.connection.isOpen() && consumers.get(consumer.id) == null) {
                consumers.add(consumer);
                if (consumer.subscription.kind() == Subscription.Kind.DURABLE) {
                    DurableReply.after(store.log(), request, answer);
                } else {
                    request.reply(answer);
                }
            } else {
                consumer.destination.postAlways(() -> {
                    if (resumed) {
                        lose(consumer);
                    } else {
                        leave(consumer, 0, true);
                    }
                });
                consumer.destination.work();
                request.refuse(JmsRefusal.NO_SUCH_CONSUMER.code(), "consumer " + consumer.id + " is attached already");
            }
        });
    }

    /** A consumer's connection is lost. It is waited for, if it is one that comes again. */
    void lose(AttachedConsumer consumer) {
        if (!consumer.isForgotten() && !attachments.await(consumer, () -> end(consumer))) {
            end(consumer);
        }
    }

    /** A consumer ends without a word. Nobody can say what the application saw: all of it counts as delivered. */
    void end(AttachedConsumer consumer) {
        leave(consumer, Long.MAX_VALUE, true);
    }

    /**
     * A consumer ends: by itself, or with its session or connection.
     *
     * @param seen the last sequence number that its application saw
     * @param all whether those up to {@code seen} come back too
     */
    void leave(AttachedConsumer consumer, long seen, boolean all) {
        Subscription subscription = consumer.subscription;
        boolean ends = subscription.kind() != Subscription.Kind.QUEUE
                && subscription.kind() != Subscription.Kind.DURABLE
                && subscription.consumers().equals(List.of(consumer));
        // What a consumer of a name has shown to its application can still be settled by its session, though nobody
        // else
        // will ever see it; a consumer without a name does not ask for that.
        boolean forgets = ends && subscription.kind() == Subscription.Kind.PLAIN;
        consumer.destination.onBehalfOf(consumer.connection);
        subscription.giveBack(
                consumer,
                seen,
                all || forgets,
                clock.millis(),
                seen == Long.MAX_VALUE ? ReleaseCause.LOST : ReleaseCause.CLOSED);
        boolean leaves = !consumer.isDetached();
        attachments.remove(consumer);
        consumer.detach();
        subscription.remove(consumer);
        if (consumer.used != null && leaves) {
            names.left(consumer.used);
        }
        if (ends) {
            // Nobody else can ever see its messages.
            consumer.destination.forget(subscription.identity());
        } else {
            subscription.windows().forEach(Window::makeDue);
            consumer.destination.stir(subscription);
        }
        forgetIfDone(consumer);
        forgetWhatIsIdle(consumer);
    }

    /** A transaction has ended that had received something from a consumer, which may have left meanwhile. */
    void afterTransaction(AttachedConsumer consumer) {
        forgetIfDone(consumer);
        if (consumer.isDetached()) {
            forgetWhatIsIdle(consumer);
        }
    }

    private void forgetWhatIsIdle(AttachedConsumer consumer) {
        forgetWhatIsIdle(consumer.destination, consumer.subscription);
    }

    /** Forgets a subscription and a destination, at the end of this turn, if they know nothing that their cursors do not. */
    void forgetWhatIsIdle(Destination destination, Subscription subscription) {
        destination.afterTurn(() -> {
            if (subscription.kind() == Subscription.Kind.DURABLE && subscription.isIdle()) {
                // What its cursors do not know is nothing; whoever comes back finds it in the store.
                destination.forget(subscription.identity());
            }
            destinations.giveUpIfIdle(destination);
        });
    }

    /** Forgets a consumer that has left and has nothing in flight any more. */
    void forgetIfDone(AttachedConsumer consumer) {
        if (!consumer.isDone() || !consumer.forget()) {
            return;
        }
        consumer.subscription.remove(consumer);
        if (consumer.used != null) {
            names.done(consumer.used);
        }
        Connection connection = consumer.connection;
        onLoop(connection, () -> {
            ConnectionConsumers consumers = connection.attachment(ConnectionConsumers.class);
            if (consumers != null) {
                consumers.remove(consumer);
            }
        });
    }

    /** Runs a task on the event loop of {@code connection}, unless that loop has ended with the server. */
    static void onLoop(Connection connection, Runnable task) {
        try {
            connection.executor().execute(task);
        } catch (RejectedExecutionException stopped) {
            // The task concerns a connection that is gone.
        }
    }
}
