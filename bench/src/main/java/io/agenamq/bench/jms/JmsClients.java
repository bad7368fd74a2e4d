// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Clients as all loads make them: each thread has a connection and a session of its own, as separate applications would. When a load is over,
 * {@link #close} ends them, so that the process can run the next one warm.
 */
final class JmsClients implements AutoCloseable {

    /** Who has not ended by then does not end. */
    private static final int END_MILLIS_MAX = 10_000;

    private final ConnectionFactory factory;
    private final byte[] body;
    private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;

    JmsClients(JmsPlan plan) throws ReflectiveOperationException {
        factory = Class.forName(plan.factory())
                .asSubclass(ConnectionFactory.class)
                .getConstructor(String.class)
                .newInstance(plan.url());
        body = new byte[plan.sizeBytes()];
        Arrays.fill(body, (byte) 'x');
    }

    /** A connection that is started. */
    Connection connect() throws JMSException {
        Connection connection = factory.createConnection();
        connections.add(connection);
        connection.start();
        return connection;
    }

    Connection connect(String clientId) throws JMSException {
        Connection connection = factory.createConnection();
        connections.add(connection);
        connection.setClientID(clientId);
        connection.start();
        return connection;
    }

    static Session session(Connection connection, String mode) throws JMSException {
        return switch (mode) {
            case "auto" -> connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            case "client" -> connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            case "dups-ok" -> connection.createSession(false, Session.DUPS_OK_ACKNOWLEDGE);
            case "transacted" -> connection.createSession(true, Session.SESSION_TRANSACTED);
            default -> throw new IllegalArgumentException("no mode '" + mode + "'");
        };
    }

    /** A message with the usual body and the time at which it was made. */
    Message message(Session session, long nanos) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(body);
        message.setLongProperty("nanos", nanos);
        return message;
    }

    /** How long ago a message of this process was made. */
    static long ageNanos(Message message) throws JMSException {
        return System.nanoTime() - message.getLongProperty("nanos");
    }

    /** Waits this long; a load has nothing better to wait for than the time that was asked for. */
    static void pause(long millis) throws InterruptedException {
        if (new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("nobody counts down");
        }
    }

    /** Warms up and measures while others work. */
    static void measure(JmsPlan plan, JmsMeter meter) throws InterruptedException {
        pause(plan.warmup().toMillis());
        meter.begin();
        pause(plan.measured().toMillis());
        meter.end();
    }

    /** Something that a thread does until the load is over. */
    interface Work {
        void run() throws Exception;
    }

    /** A thread that works until the load is over; a failure before that ends the process, so that no figure is made of half a load. */
    void work(String name, Work work) {
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception failed) {
                        if (!ended) {
                            failed.printStackTrace();
                            Runtime.getRuntime().halt(1);
                        }
                    }
                },
                "bench-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** The load is over: ends its threads, then its connections. */
    @Override
    public void close() {
        ended = true;
        var closing = new Thread(
                () -> {
                    threads.forEach(Thread::interrupt);
                    connections.forEach(JmsClients::close);
                },
                "bench-end");
        closing.setDaemon(true);
        closing.start();
        threads.add(closing);
    }

    /** Whether everything has ended within the time that there is for it. */
    boolean hasEnded() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MILLIS_MAX);
        for (Thread thread : threads) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            thread.join(Math.max(1, left));
            if (thread.isAlive()) {
                return false;
            }
        }
        return true;
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (JMSException failed) {
            System.err.println("a connection does not close: " + failed);
        }
    }
}
