// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.group.ConsumerGroups;
import io.agenamq.broker.group.ProducerGroups;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.ConnectionListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to a client connection as such: it is given the {@link SendBurst} of its event loop, its bursts are brought to an end, and when
 * it closes its client leaves all groups at once, so that the others can take over its queues.
 *
 * <p>Called on the connection's event loop. One burst per loop: what was read from all its sockets that
 * were ready ends together.
 */
public final class BrokerConnections implements ConnectionListener {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerConnections.class);

    /** Stopping must end; who gets no answer finds out by itself. */
    private static final Duration TASKS_TIMEOUT = Duration.ofSeconds(2);

    private final Function<Executor, SendBurst> newBurst;
    private final ProducerGroups producers;
    private final ConsumerGroups consumers;
    private final Map<Executor, SendBurst> bursts = new ConcurrentHashMap<>();

    /** With what makes the burst of an event loop, once per loop. */
    BrokerConnections(Function<Executor, SendBurst> newBurst, ProducerGroups producers, ConsumerGroups consumers) {
        this.newBurst = newBurst;
        this.producers = producers;
        this.consumers = consumers;
    }

    /** The burst that sends of {@code connection} join. */
    static SendBurst burstOf(Connection connection) {
        SendBurst burst = connection.attachment(SendBurst.class);
        if (burst == null) {
            throw new IllegalStateException("connection " + connection.id() + " was never opened");
        }
        return burst;
    }

    /**
     * Runs {@code task} on an event loop. Dropped if the loop has ended: then its connections are gone, and nobody is left to answer. For
     * threads that must not fail because the server is closing, such as the flusher.
     */
    static void runOn(Executor loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            LOG.debug("the event loop has ended", ended);
        }
    }

    @Override
    public void opened(Connection connection) {
        connection.attach(SendBurst.class, bursts.computeIfAbsent(connection.executor(), newBurst));
        connection.attach(HeldPullCount.class, new HeldPullCount());
    }

    @Override
    public void burstEnded(Connection connection) {
        burstOf(connection).end();
    }

    @Override
    public void closed(Connection connection) {
        producers.connectionClosed(connection);
        consumers.connectionClosed(connection);
    }

    /** Waits until every event loop has done what it had been given before. Not for an event loop. */
    void awaitTasks() {
        CountDownLatch done = new CountDownLatch(bursts.size());
        bursts.keySet().forEach(loop -> runOn(loop, done::countDown));
        try {
            if (!done.await(TASKS_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("the event loops are too busy to answer everybody");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers sends that have waited too long for the disk. Called by the broker's timer. */
    void answerLateSends() {
        bursts.forEach((loop, burst) -> {
            if (burst.isWaiting()) {
                runOn(loop, burst::answerLate);
            }
        });
    }
}
