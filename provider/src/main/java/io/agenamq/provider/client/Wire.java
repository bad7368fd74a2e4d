// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.protocol.command.JmsCreateTemporaryRequest;
import io.agenamq.protocol.command.JmsOutcomeResponse.Outcome;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.remoting.HostPort;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Connections as they are, without a memory: what is lost is lost, and whoever used it is told. {@link ReconnectingLink} makes a {@link Link}
 * of it.
 *
 * <p>Any thread may call anything; nothing blocks. Futures fail with a {@link ClientException}.
 */
interface Wire extends AutoCloseable {

    /** Reaches a name server and a broker. */
    CompletableFuture<Void> open();

    /** See {@link Link#resolve}. */
    CompletableFuture<Route> resolve(String name, DestinationKind kind, boolean create);

    /**
     * Connects to a broker, unless it is connected.
     *
     * @param broker its name
     * @param lastKnown where it was; if it is not there, the name servers are asked where it is now
     * @return where it is
     */
    CompletableFuture<HostPort> reach(String broker, HostPort lastKnown);

    /** Whether there is a connection to a broker. */
    boolean isConnected(HostPort broker);

    /**
     * Stores a message, over a connection that is there. Without one it fails at once with {@link ClientException.Reason#UNREACHABLE}, and
     * only then is it certain that nothing was stored. Messages that one thread sends over one connection keep their order.
     */
    CompletableFuture<Void> send(Route route, OutgoingMessage message);

    /**
     * See {@link Link#attach}. The consumer ends with its connection: {@link DeliverySink#lost}.
     *
     * @param number of the consumer in this client, over all its connections
     * @param generation larger with every attempt
     */
    CompletableFuture<WireConsumer.Attached> attach(
            Route.Home home, ConsumerSpec spec, int number, int generation, int messages, int bytes, DeliverySink sink);

    /** See {@link Link#send(JmsTransaction, int, Route, OutgoingMessage, boolean)}. */
    CompletableFuture<Void> send(
            JmsTransaction transaction, int index, Route route, OutgoingMessage message, boolean answered);

    /**
     * Asks for a commit over the connection that all consumers have; without one it fails with {@link
     * ClientException.Reason#TRANSACTION_ROLLED_BACK}, because the transaction has ended with it. If the answer is lost, nobody knows.
     *
     * @param settled deliveries of consumers of this wire
     */
    CompletableFuture<Void> commit(
            Route.Home home, JmsTransaction transaction, int messages, List<Link.Settled> settled, boolean durable);

    /** See {@link Link#rollback}. */
    void rollback(Route.Home home, JmsTransaction transaction);

    /**
     * See {@link Link#end}. Without the connection that all consumers have it fails with {@link ClientException.Reason#TRANSACTION_ROLLED_BACK}: the part has
     * ended with it.
     */
    CompletableFuture<Long> end(
            Route.Home home,
            JmsBranch branch,
            JmsTransaction part,
            int messages,
            List<Link.Settled> settled,
            Duration timeout);

    /** See {@link Link#prepare}; asked once. */
    CompletableFuture<Boolean> prepare(Route.Home home, JmsBranch branch, String decider, long life);

    /** See {@link Link#decide}; asked once. */
    CompletableFuture<Void> decide(Route.Home home, JmsBranch branch, boolean commit, boolean onePhase, long life);

    /** See {@link Link#announce}; asked once. */
    CompletableFuture<Void> announce(Route.Home home, JmsBranch branch, boolean commit);

    /** Tells one broker that this connection to it can find out what became of branches of a group. */
    CompletableFuture<Void> join(Route.Home home, String group);

    /** Is told when a broker asks for that. */
    void onCheck(Checked listener);

    /** A broker asks. On an event loop; must not block. */
    @FunctionalInterface
    interface Checked {
        /** What became of a branch of a group? */
        void asked(String broker, String group, JmsBranch branch);
    }

    /** The branches that one broker says for {@link Link#recover}. */
    CompletableFuture<List<JmsBranchInfo>> recover(Route.Home home, JmsBranch.Kind kind);

    /** See {@link Link#forget}; asked once. */
    CompletableFuture<Void> forget(Route.Home home, JmsBranch branch);

    /** Asks what became of a transaction that has been in doubt for so long. The answer is final. */
    CompletableFuture<Outcome> outcome(Route.Home home, JmsTransaction transaction, Duration inDoubt);

    /** See {@link Link#browse}. */
    CompletableFuture<Page> browse(
            Route.Home home,
            String topic,
            int queueId,
            @Nullable String selector,
            long offset,
            long until,
            int messages);

    /**
     * See {@link Link#unsubscribe}.
     *
     * @param expected brokers that may have it although the name servers do not know them at present
     */
    CompletableFuture<Void> unsubscribe(String name, @Nullable String clientId, Set<String> expected);

    /** See {@link Link#vacate}. */
    CompletableFuture<Void> vacate(Route route, JmsSubscription subscription);

    /** A broker that can be reached, as the home of something with one message queue; connected. */
    CompletableFuture<Route.Home> anyBroker();

    /** All brokers that the name servers know, as homes of something with one message queue. */
    CompletableFuture<List<Route.Home>> brokers();

    /** Where a broker is, as the home of something with one message queue; fails with {@code NO_SUCH_DESTINATION} if there is none of this name. */
    CompletableFuture<Route.Home> broker(String name);

    /** Makes a temporary destination. It goes with the connection, and then {@code lost} is called, on an event loop. */
    CompletableFuture<Void> createTemporary(HostPort broker, JmsCreateTemporaryRequest wanted, Runnable lost);

    /** Ends a temporary destination of the connection to this broker. */
    CompletableFuture<Void> deleteTemporary(HostPort broker, String topic);

    /** The same for all of the connection, if there is one. */
    CompletableFuture<Void> deleteTemporaries(HostPort broker);

    /** Fails with {@code NO_SUCH_DESTINATION} if a broker has no such topic. */
    CompletableFuture<Void> requireThere(HostPort broker, String topic, DestinationKind kind);

    /** See {@link Link#clientId}. When it was taken, every new connection to a broker takes it before it is used, and cannot be made if that is refused. */
    CompletableFuture<Void> clientId(String clientId, String owner, boolean held);

    /** Runs a short task later, on an event loop; not at all if the wire is closed by then. */
    void after(Duration delay, Runnable task);

    /** Ends all connections. */
    @Override
    void close();
}
