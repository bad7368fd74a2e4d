// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.temporary;

import io.agenamq.bench.inprocess.InProcessServer;
import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The life of a temporary queue over loopback: created, one message sent to it and received, deleted; and the message alone over one that stays. The
 * aim is 1,000 lives per second (issue 3); client and server share the process, so this is a lower bound.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TemporaryQueueBenchmark {

    private static final int WAIT_MILLIS = 10_000;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private InProcessServer server;

    @SuppressWarnings("NullAway.Init")
    private Connection connection;

    @SuppressWarnings("NullAway.Init")
    private Session session;

    @SuppressWarnings("NullAway.Init")
    private MessageProducer producer;

    @SuppressWarnings("NullAway.Init")
    private TemporaryQueue kept;

    @SuppressWarnings("NullAway.Init")
    private MessageConsumer keptConsumer;

    @Setup(Level.Trial)
    public void open() throws Exception {
        server = new InProcessServer("temporary");
        connection = new AgenaConnectionFactory(server.url()).createConnection();
        connection.start();
        session = connection.createSession();
        producer = session.createProducer(null);
        kept = session.createTemporaryQueue();
        keptConsumer = session.createConsumer(kept);
    }

    @TearDown(Level.Trial)
    public void close() throws Exception {
        connection.close();
        server.close();
    }

    @Benchmark
    public Message life() throws JMSException {
        TemporaryQueue queue = session.createTemporaryQueue();
        Message received;
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            producer.send(queue, session.createTextMessage("reply"));
            received = consumer.receive(WAIT_MILLIS);
        }
        queue.delete();
        return received;
    }

    @Benchmark
    public Message message() throws JMSException {
        producer.send(kept, session.createTextMessage("reply"));
        return keptConsumer.receive(WAIT_MILLIS);
    }
}
