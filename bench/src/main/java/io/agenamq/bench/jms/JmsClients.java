// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Clients as all loads make them: each thread has a connection and a session of its own, as separate applications would. */
final class JmsClients {

    private final ConnectionFactory factory;
    private final byte[] body;

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
        connection.start();
        return connection;
    }

    Connection connect(String clientId) throws JMSException {
        Connection connection = factory.createConnection();
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

    /** Something that a thread does until the process ends. */
    interface Work {
        void run() throws Exception;
    }

    /** A thread that works until the process ends; a failure ends the process, so that no figure is made of half a load. */
    static void work(String name, Work work) {
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception failed) {
                        failed.printStackTrace();
                        Runtime.getRuntime().halt(1);
                    }
                },
                "bench-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
