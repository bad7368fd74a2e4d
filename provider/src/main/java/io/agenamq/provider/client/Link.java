// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.JmsTransaction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a cluster: name servers and brokers behind one face, all sessions of one JMS connection over one channel per
 * broker.
 *
 * <p>Any thread may call anything; nothing blocks. Futures fail with a {@link ClientException}. Sends and acknowledgements to one destination
 * take effect in the order in which they are made.
 */
public interface Link extends BranchLink, AutoCloseable {

    /** Reaches a name server and a broker, so that a connection that cannot work fails when it is made. */
    CompletableFuture<Void> open();

    /**
     * Finds a destination.
     *
     * @param name as the application says it
     * @param create whether it may be created with this kind if there is none
     */
    CompletableFuture<Route> resolve(String name, DestinationKind kind, boolean create);

    /**
     * Stores a message in a destination. Completes when it is stored as the message asks. Fails with {@link
     * ClientException.Reason#CONNECTION_LOST} or {@code TIMED_OUT} if nobody knows whether it is stored; it is never sent twice. While it waits for
     * a connection the answer is {@link Withdrawable}.
     */
    CompletableFuture<Void> send(Route route, OutgoingMessage message);

    /**
     * Begins a consumer at one home of a destination. It has the given credit from the start. When its connection is lost its sink is told,
     * and told again when it is attached anew; the consumer stays the same object.
     */
    CompletableFuture<ConsumerLink> attach(
            Route.Home home, ConsumerSpec spec, int messages, int bytes, DeliverySink sink);

    /** Whether what is sent to a home now leaves at once. */
    boolean isReached(Route.Home home);

    /** Makes a connection to a home, unless there is one. Tried once, whatever the link's patience. */
    CompletableFuture<Void> tryReach(Route.Home home);

    /** Runs a short task later, on an event loop; not at all if the link is closed by then. */
    void after(Duration delay, Runnable task);

    /** Completes when there is a connection to a home, which is waited for like one for {@link #send}. */
    CompletableFuture<Void> reach(Route.Home home);

    /**
     * Gives a message to a transaction: it is stored with its commit, or not at all. It never waits for a connection and fails with {@link
     * ClientException.Reason#UNREACHABLE} if there is none. Messages that one thread gives to one transaction keep their order.
     *
     * @param index of the message in its transaction, from 1 on without gaps
     * @param answered whether it completes when the broker has it; otherwise when it has left, and the commit says what was wrong
     */
    CompletableFuture<Void> send(
            JmsTransaction transaction, int index, Route route, OutgoingMessage message, boolean answered);

    /**
     * Commits a transaction: stores its messages and settles deliveries, all or nothing. If the answer is lost, the broker is asked for the outcome
     * as soon as it can be reached. So it fails with {@link ClientException.Reason#TRANSACTION_ROLLED_BACK} if nothing was done and never will
     * be; with any other reason nobody knows.
     *
     * @param home where its messages went, null if it has none
     * @param messages how many it has
     * @param settled deliveries of consumers that this link made, all over their present connections
     * @param durable whether the answer waits for the disk
     */
    CompletableFuture<Void> commit(
            JmsTransaction transaction,
            Route.@Nullable Home home,
            int messages,
            List<Settled> settled,
            boolean durable);

    /** Lets the broker forget the messages of a transaction. Without a connection it has forgotten them. */
    void rollback(JmsTransaction transaction, Route.Home home);

    /**
     * Makes what a transaction has done at one broker a part of a branch: from the answer on it belongs to the broker, and this link may go. If it
     * {@linkplain ClientException#isInDoubt is in doubt}, the part may be in the branch or gone, and the branch must not be committed.
     *
     * @param part whose messages and deliveries they are
     * @param home where its messages went, null if it has none
     * @param messages how many it has
     * @param settled deliveries of consumers that this link made, all at this broker, over their present connections
     * @param timeout of the branch if this is its first part: after that it is rolled back unless it is prepared; zero for the broker's own
     * @return the life of the branch that the part is in. A broker that is started again begins another: then it has forgotten former parts
     */
    CompletableFuture<Long> end(
            JmsBranch branch,
            JmsTransaction part,
            Route.@Nullable Home home,
            int messages,
            List<Settled> settled,
            Duration timeout);

    /** Decides about a prepared branch as {@link #decide} does, but is answered as soon as the broker has done it, before that is on its disk. */
    CompletableFuture<Void> announce(JmsBranch branch, String broker, boolean commit);

    /** Tells all brokers of the cluster, as they come and go, that this link can find out what became of branches of a group. */
    void join(String group, Asked asked);

    /** A broker asks. On an event loop; must not block. */
    @FunctionalInterface
    interface Asked {
        /** What became of a branch? Who knows it {@linkplain #decide decides}. */
        void about(String broker, JmsBranch branch);
    }

    /**
     * Deliveries of a consumer that a transaction settles.
     *
     * @param from the first sequence number
     * @param to the last one
     * @param count how many; others with numbers in between were given back before
     */
    record Settled(ConsumerLink consumer, long from, long to, int count) {

        Settled over(ConsumerLink other) {
            return new Settled(other, from, to, count);
        }
    }

    /** Reads a page of one message queue. */
    CompletableFuture<Page> browse(
            Route.Home home,
            String topic,
            int queueId,
            @Nullable String selector,
            long offset,
            long until,
            int messages);

    /**
     * Ends a durable subscription, with all that it has not delivered.
     *
     * @param clientId client identifier that the name belongs to, null for none
     */
    CompletableFuture<Void> unsubscribe(String name, @Nullable String clientId);

    /**
     * Makes sure that no other broker than those of a topic has a subscription of a name, as if all topics were on one broker: what was one of another topic
     * ends, or refuses ({@link ClientException.Reason#SUBSCRIPTION_IN_USE}).
     *
     * @param route where its topic lives
     */
    CompletableFuture<Void> vacate(Route route, JmsSubscription subscription);

    /**
     * Takes a client identifier for this link alone, or gives it back.
     *
     * @param owner a name of the JMS connection, unique
     * @param held true to take it
     */
    CompletableFuture<Void> clientId(String clientId, String owner, boolean held);

    /** Temporary destinations. */
    Temporaries temporaries();

    /** Tells that consumers at a broker were lost and this link does not try to have them again any longer. On an event loop; must not block. */
    void onLost(Consumer<ClientException> listener);

    /**
     * Ends all connections. Whatever is unanswered fails with {@link ClientException.Reason#CLOSED} or
     * {@code CONNECTION_LOST}.
     */
    @Override
    void close();
}
