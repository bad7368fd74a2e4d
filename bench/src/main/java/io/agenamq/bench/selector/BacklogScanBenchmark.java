// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.selector;

import io.agenamq.bench.inprocess.InProcessServer;
import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A new consumer's way to its first match behind a million messages that do not match: from {@code createConsumer} to the message, over loopback, through
 * the broker's own lanes and consume queues. Every invocation brings a selector that was never seen, because what one has passed over is remembered.
 * The score is entries per second; the aims are 1,000,000 where the tag set decides and 300,000 where properties are read (issue 3).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = "-Xmx1g")
public class BacklogScanBenchmark {

    private static final int MESSAGES = 1_000_000;

    /** Each invocation takes one of them away. */
    private static final int WANTED = 10_000;

    private static final int UNDER_WAY = 4096;
    private static final int WAIT_MILLIS = 60_000;

    /** Bytes of each body. */
    @Param({"100", "1024"})
    public int body;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private InProcessServer server;

    @SuppressWarnings("NullAway.Init")
    private Connection connection;

    @SuppressWarnings("NullAway.Init")
    private Session session;

    @SuppressWarnings("NullAway.Init")
    private Queue queue;

    private int invocation;

    @Setup(Level.Trial)
    public void fill() throws Exception {
        server = new InProcessServer("scan");
        connection = new AgenaConnectionFactory(server.url() + "?durability=process&prefetch=10").createConnection();
        connection.start();
        session = connection.createSession();
        queue = session.createQueue("scan");
        MessageProducer producer = session.createProducer(queue);
        var window = new Semaphore(UNDER_WAY);
        for (int i = 0; i < MESSAGES + WANTED; i++) {
            boolean wanted = i >= MESSAGES;
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(new byte[body]);
            message.setJMSType(wanted ? "wanted" : "other");
            message.setStringProperty("region", wanted ? "here" : "there");
            message.setIntProperty("amount", i);
            window.acquire();
            producer.send(message, new CompletionListener() {
                @Override
                public void onCompletion(Message sent) {
                    window.release();
                }

                @Override
                public void onException(Message unsent, Exception failure) {
                    failure.printStackTrace();
                    Runtime.getRuntime().halt(1);
                }
            });
        }
        window.acquire(UNDER_WAY);
    }

    @TearDown(Level.Trial)
    public void close() throws Exception {
        connection.close();
        server.close();
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public Message byTag() throws JMSException {
        return first("JMSType IN ('wanted', 'unseen-" + invocation++ + "')");
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public Message byProperties() throws JMSException {
        return first("region = 'here' AND amount <> -" + ++invocation);
    }

    private Message first(String selector) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(queue, selector)) {
            Message found = consumer.receive(WAIT_MILLIS);
            if (found == null) {
                throw new IllegalStateException("nothing found by " + selector);
            }
            return found;
        }
    }
}
