// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.client.Line;
import io.agenamq.tck.server.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A JVM with one version of the official client, unmodified, on its own class path. Any thread may call anything.
 *
 * <p>Producers and consumers in it have instance names of their own, so that they are clients of their own towards the brokers.
 */
public final class ClientProcess implements AutoCloseable {

    /** Longer than the longest wait inside the official client, a long poll of 20 s with its 30 s of patience. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);

    private static final AtomicInteger STARTED = new AtomicInteger();

    private final String name;
    private final String nameServers;
    private final AtomicInteger actors = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, CompletableFuture<Line>> pending = new ConcurrentHashMap<>();
    private final Map<String, PushConsumer> consumers = new ConcurrentHashMap<>();
    private @Nullable ChildJvm child;

    private ClientProcess(String name, String nameServers) {
        this.name = name;
        this.nameServers = nameServers;
    }

    /** Starts a process whose clients will use these name servers; {@code options} are for its JVM. */
    public static ClientProcess start(OfficialClient version, String nameServers, Path directory, String... options) {
        String name = "client-" + version + "-" + STARTED.incrementAndGet();
        var process = new ClientProcess(name, nameServers);
        Path home = directory.resolve(name);
        ChildJvm child = new ChildJvm.Command(name, version.classPath(), "io.agenamq.tck.client.ClientMain")
                .in(home)
                .jvm("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Duser.home=" + home)
                .jvm("-Drocketmq.client.logRoot=" + home, "-Drocketmq.client.logLevel=INFO")
                .jvm(options)
                .start(process::observe);
        process.child = child;
        child.awaitLine(line -> line.startsWith("ready "), CALL_TIMEOUT);
        return process;
    }

    private void observe(String text) {
        Line line = Line.parse(text);
        if (line.word().equals("event")) {
            PushConsumer consumer = consumers.get(line.text("actor"));
            if (consumer != null) {
                consumer.observe(line);
            }
        } else if (line.has("call")) {
            CompletableFuture<Line> waiting = pending.remove(line.number("call"));
            if (waiting != null) {
                waiting.complete(line);
            }
        }
    }

    Line call(String actor, String verb, Line request) {
        int call = calls.incrementAndGet();
        var answer = new CompletableFuture<Line>();
        pending.put(call, answer);
        child().tell(request.with("call", call)
                .with("actor", actor)
                .with("verb", verb)
                .toString());
        try {
            Line line = answer.get(CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            if (line.word().equals("failure")) {
                throw new ClientFailure(line);
            }
            return line;
        } catch (TimeoutException late) {
            throw new IllegalStateException(name + ": no answer to '" + verb + "' of " + actor, late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        } catch (ExecutionException impossible) {
            throw new AssertionError(impossible);
        } finally {
            pending.remove(call);
        }
    }

    <T> T start(String kind, Line request, BiFunction<ClientProcess, String, T> handle) {
        String actor = kind + actors.incrementAndGet();
        T remote = handle.apply(this, actor);
        if (remote instanceof PushConsumer consumer) {
            consumers.put(actor, consumer);
        }
        if (!request.has("instance")) {
            request.with("instance", actor);
        }
        call(actor, "new", request.with("kind", kind).with("nameServers", nameServers));
        return remote;
    }

    public Producer producer(String group) {
        return start("producer", Line.of("call").with("group", group), Producer::new);
    }

    /** A producer that asks for routes this often; a failed send is tried again so many times. */
    public Producer producer(String group, int pollNameServerMillis, int retries) {
        var request = Line.of("call")
                .with("group", group)
                .with("pollNameServerMillis", pollNameServerMillis)
                .with("retries", retries);
        return start("producer", request, Producer::new);
    }

    /** A producer of transactional messages with a short time between heartbeats, which tell a broker whom it can ask. */
    public TransactionProducer transactionProducer(String group) {
        var request = Line.of("call").with("group", group).with("heartbeatMillis", 1000);
        return start("transaction", request, TransactionProducer::new);
    }

    /** A producer that lets bodies of up to this size through to the broker, and compresses none. */
    public Producer producerOfLargeMessages(String group, int maxMessageBytes) {
        var request = Line.of("call")
                .with("group", group)
                .with("maxMessageBytes", maxMessageBytes)
                .with("compressOverBytes", Integer.MAX_VALUE);
        return start("producer", request, Producer::new);
    }

    /** A push consumer of these topics, joined by commas. */
    public PushConsumer.Plan pushConsumer(String group, String topics) {
        return new PushConsumer.Plan(this, Line.of("call").with("group", group).with("topic", topics));
    }

    /** A pull consumer with a short time between heartbeats, before whose first answer it knows nothing about a broker. */
    public PullConsumer pullConsumer(String group) {
        var request = Line.of("call").with("group", group).with("heartbeatMillis", 1000);
        return start("pull", request, PullConsumer::new);
    }

    /** A pull consumer whose blocking pulls ask the broker to wait this long. */
    public PullConsumer pullConsumer(String group, int suspendMillis) {
        var request = Line.of("call").with("group", group).with("suspendMillis", suspendMillis);
        return start("pull", request, PullConsumer::new);
    }

    /** Without a topic: queues are assigned. */
    public LitePullConsumer litePullConsumer(String group) {
        return start("lite", Line.of("call").with("group", group), LitePullConsumer::new);
    }

    public LitePullConsumer litePullConsumer(String group, String topic, String tags) {
        var request = Line.of("call").with("group", group).with("topic", topic).with("tags", tags);
        return start("lite", request, LitePullConsumer::new);
    }

    public boolean isAlive() {
        return child().isAlive();
    }

    /** SIGKILL: the applications in it get no chance to say goodbye. */
    public void kill() {
        child().kill();
    }

    /** SIGSTOP: it hangs, with all its connections open, until it is killed. */
    public void freeze() {
        child().freeze();
    }

    @Override
    public void close() {
        child().close();
    }

    private ChildJvm child() {
        ChildJvm started = child;
        if (started == null) {
            throw new IllegalStateException(name + " is not started");
        }
        return started;
    }
}
