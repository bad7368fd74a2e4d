// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import io.agenamq.tck.client.Line;
import io.agenamq.tck.server.Checkout;
import io.agenamq.tck.server.ChildJvm;
import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server of Jakarta Messaging with its own store and its own client: AgenaMQ (name server and broker), or Apache ActiveMQ Artemis. Loads are run on
 * it one after the other, all in one process beside it.
 */
final class JmsContender implements Side {

    private static final AtomicInteger RUNS = new AtomicInteger();

    /** Longer than any load takes that is not lost. */
    private static final Duration LOAD_TIMEOUT = Duration.ofMinutes(30);

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final boolean ours;
    private final Server server;
    private final String factory;
    private final String url;
    private final String loadClassPath;
    private final Path directory;
    private final String[] loadJvm;
    private final String coldSeconds;
    private final AtomicLong cpuAtBegin = new AtomicLong();
    private final AtomicLong cpuAtEnd = new AtomicLong();

    /** The process that the loads of all rounds run in; null before the first. */
    private @Nullable ChildJvm load;

    private boolean paused;
    private Line lastResult = Line.of("result");
    private long lastResidentBytes;
    private long lastOwnBytes;

    /** The processes of a server. */
    private interface Server {
        /** The one that is measured first. */
        List<Long> pids();

        /** Ends it in an orderly way and starts it again, with what it has stored, at the same address. */
        void restart();

        void close();
    }

    private JmsContender(
            boolean ours,
            Server server,
            String factory,
            String url,
            String loadClassPath,
            Path directory,
            Options options) {
        this.ours = ours;
        this.server = server;
        this.factory = factory;
        this.url = url;
        this.loadClassPath = loadClassPath;
        this.directory = directory;
        String jvm = options.text("load-jvm").strip();
        this.coldSeconds = options.text("cold");
        this.loadJvm = jvm.isEmpty() ? new String[0] : jvm.split(" +");
    }

    /** Those that the options ask for, ours first; {@code flush} is {@code sync} or {@code async}. */
    static List<Supplier<JmsContender>> all(String flush, Options options) {
        List<Supplier<JmsContender>> all = new ArrayList<>();
        if (!options.text("only").equalsIgnoreCase("artemis")) {
            all.add(() -> agena(flush, options));
        }
        if (!options.text("only").equalsIgnoreCase("agena")) {
            all.add(() -> artemis(flush, options));
        }
        return all;
    }

    private static Path directory(String name, Options options) {
        Path directory = Path.of(options.text("data")).toAbsolutePath().resolve(name);
        Cluster.empty(directory);
        return directory;
    }

    private static JmsContender agena(String flush, Options options) {
        Path directory = directory("jms-agena", options);
        Cluster cluster = Cluster.of(Distribution.AGENA)
                .asDistributed()
                .broker("broker-a")
                .heap(options.text("heap"))
                .with("flushDiskType", flush.equals("sync") ? "SYNC_FLUSH" : "ASYNC_FLUSH")
                .start(directory);
        return new JmsContender(
                true,
                new AgenaServer(cluster),
                "io.agenamq.provider.AgenaConnectionFactory",
                "agena://" + cluster.nameServers() + (flush.equals("sync") ? "" : "?durability=process"),
                Checkout.classPath("bench"),
                directory,
                options);
    }

    private record AgenaServer(Cluster cluster) implements Server {

        @Override
        public List<Long> pids() {
            return List.of(cluster.broker().pid(), cluster.nameServer(0).pid());
        }

        @Override
        public void restart() {
            int unused = cluster.broker().stop();
            cluster.broker().restart();
        }

        @Override
        public void close() {
            cluster.close();
        }
    }

    private static JmsContender artemis(String flush, Options options) {
        Path directory = directory("jms-artemis", options);
        int port = freePort();
        String classPath = Checkout.classPath("tck-tests/artemis");
        return new JmsContender(
                false,
                new ArtemisServer(directory, port, classPath, flush, options.text("heap")),
                "org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory",
                // Without a confirmation window its client calls completion listeners before the server has answered.
                "tcp://127.0.0.1:" + port + "?confirmationWindowSize=1048576",
                classPath + File.pathSeparator + Checkout.classPath("bench"),
                directory,
                options);
    }

    private static final class ArtemisServer implements Server {

        private final ChildJvm.Command command;
        private ChildJvm child;

        ArtemisServer(Path directory, int port, String classPath, String flush, String heap) {
            command = new ChildJvm.Command("artemis", classPath, "io.agenamq.tck.artemis.ArtemisServer")
                    .in(directory)
                    .jvm("-Xms" + heap, "-Xmx" + heap)
                    .with(directory.resolve("data").toString(), String.valueOf(port), flush);
            child = start(command);
        }

        private static ChildJvm start(ChildJvm.Command command) {
            ChildJvm started = command.start();
            started.awaitLine(line -> line.startsWith("artemis: listening"), START_TIMEOUT);
            return started;
        }

        @Override
        public List<Long> pids() {
            return List.of(child.pid());
        }

        @Override
        public void restart() {
            int unused = child.stop();
            child = start(command);
        }

        @Override
        public void close() {
            child.close();
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public boolean isOurs() {
        return ours;
    }

    @Override
    public String name() {
        return ours ? "AgenaMQ" : "Artemis";
    }

    /** A plan for this contender's server. */
    Line plan(String kind, Options options) {
        return Line.of("plan")
                .with("kind", kind)
                .with("factory", factory)
                .with("url", url)
                .with("size", options.text("size"))
                .with("warmupSeconds", options.text("warmup"))
                .with("seconds", options.text("seconds"))
                .with("window", options.text("window"));
    }

    /** Runs one load in the process of this contender, which takes longer to warm up the first time, and looks at the server's CPU and memory while it measures. */
    Measurement run(Line plan) {
        goOn();
        int run = RUNS.incrementAndGet();
        long serverPid = pid();
        boolean cold = load == null;
        if (load == null) {
            load = new ChildJvm.Command("jms-load-" + run, loadClassPath, "io.agenamq.bench.jms.JmsLoadMain")
                    .in(directory.resolveSibling("load"))
                    .jvm("-Xms512m", "-Xmx512m")
                    .jvm(loadJvm)
                    .start(this::heard);
        }
        try (var memory = new MemoryWatch(serverPid)) {
            load.tell(plan.with("run", run)
                    .with("warmupSeconds", cold ? coldSeconds : plan.text("warmupSeconds"))
                    .toString());
            lastResult = Line.parse(load.awaitLine(line -> line.startsWith("result run=" + run + " "), LOAD_TIMEOUT));
            lastResidentBytes = memory.residentBytes();
            lastOwnBytes = memory.ownBytes();
            String done = load.awaitLine(
                    line -> line.equals("done run=" + run) || line.startsWith("done run=" + run + " "), LOAD_TIMEOUT);
            // Read before the load said so.
            long cpuNanos = cpuAtEnd.get() - cpuAtBegin.get();
            if (Line.parse(done).has("last")) {
                endLoad();
            }
            return Measurement.of(lastResult, cpuNanos);
        }
    }

    /** A line of the load: it begins or ends to measure. */
    private void heard(String line) {
        if (line.startsWith("measuring")) {
            cpuAtBegin.set(ProcessStatus.cpuNanos(pid()));
        } else if (line.startsWith("result ")) {
            cpuAtEnd.set(ProcessStatus.cpuNanos(pid()));
        }
    }

    private void endLoad() {
        if (load != null) {
            load.close();
            load = null;
        }
    }

    /** What the last load said besides what every load says. */
    double last(String name) {
        return Double.parseDouble(lastResult.text(name));
    }

    /** The most memory that the server had during the last load, mapped files included. */
    long lastResidentBytes() {
        return lastResidentBytes;
    }

    /** The most memory of its own that the server had during the last load. */
    long lastOwnBytes() {
        return lastOwnBytes;
    }

    /** The server's process. */
    long pid() {
        return server.pids().get(0);
    }

    /** Where it stores. */
    Path directory() {
        return directory;
    }

    /** Ends the server in an orderly way and starts it again with what it has stored. */
    void restart() {
        goOn();
        server.restart();
    }

    @Override
    public void pause() {
        if (!paused) {
            server.pids().forEach(pid -> ProcessStatus.signal(pid, "STOP"));
            paused = true;
        }
    }

    @Override
    public void goOn() {
        if (paused) {
            server.pids().forEach(pid -> ProcessStatus.signal(pid, "CONT"));
            paused = false;
        }
    }

    @Override
    public void close() {
        goOn();
        endLoad();
        server.close();
        Cluster.empty(directory);
    }
}
