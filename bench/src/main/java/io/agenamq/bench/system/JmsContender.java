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

/**
 * A server of Jakarta Messaging with its own store and its own client: AgenaMQ (name server and broker), or Apache ActiveMQ Artemis. Loads are run on
 * it one after the other, each in a process of its own.
 */
final class JmsContender implements Side {

    private static final AtomicInteger RUNS = new AtomicInteger();

    /** Longer than any load takes that is not lost. */
    private static final Duration LOAD_TIMEOUT = Duration.ofMinutes(10);

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final boolean ours;
    private final long serverPid;
    private final List<Long> pids;
    private final String factory;
    private final String url;
    private final String loadClassPath;
    private final Path directory;
    private final Runnable stop;
    private boolean paused;

    private JmsContender(
            boolean ours,
            List<Long> pids,
            String factory,
            String url,
            String loadClassPath,
            Path directory,
            Runnable stop) {
        this.ours = ours;
        this.serverPid = pids.get(0);
        this.pids = pids;
        this.factory = factory;
        this.url = url;
        this.loadClassPath = loadClassPath;
        this.directory = directory;
        this.stop = stop;
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
                List.of(cluster.broker().pid(), cluster.nameServer(0).pid()),
                "io.agenamq.provider.AgenaConnectionFactory",
                "agena://" + cluster.nameServers() + (flush.equals("sync") ? "" : "?durability=process"),
                Checkout.classPath("bench"),
                directory,
                cluster::close);
    }

    private static JmsContender artemis(String flush, Options options) {
        Path directory = directory("jms-artemis", options);
        int port = freePort();
        String classPath = Checkout.classPath("tck-tests/artemis");
        String heap = options.text("heap");
        ChildJvm server = new ChildJvm.Command("artemis", classPath, "io.agenamq.tck.artemis.ArtemisServer")
                .in(directory)
                .jvm("-Xms" + heap, "-Xmx" + heap)
                .with(directory.resolve("data").toString(), String.valueOf(port), flush)
                .start();
        server.awaitLine(line -> line.startsWith("artemis: listening"), START_TIMEOUT);
        return new JmsContender(
                false,
                List.of(server.pid()),
                "org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory",
                // Without a confirmation window its client calls completion listeners before the server has answered.
                "tcp://127.0.0.1:" + port + "?confirmationWindowSize=1048576",
                classPath + File.pathSeparator + Checkout.classPath("bench"),
                directory,
                server::close);
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

    /** Runs one load in a process of its own, and looks at the server's CPU while it measures. */
    Measurement run(Line plan) {
        goOn();
        var cpuAtBegin = new AtomicLong();
        var cpuAtEnd = new AtomicLong();
        ChildJvm.Command command = new ChildJvm.Command(
                        "jms-load-" + RUNS.incrementAndGet(), loadClassPath, "io.agenamq.bench.jms.JmsLoadMain")
                .in(directory.resolveSibling("load"))
                .jvm("-Xms512m", "-Xmx512m");
        try (ChildJvm load = command.start(line -> {
            if (line.startsWith("measuring")) {
                cpuAtBegin.set(ProcessStatus.cpuNanos(serverPid));
            } else if (line.startsWith("result ")) {
                cpuAtEnd.set(ProcessStatus.cpuNanos(serverPid));
            }
        })) {
            load.tell(plan.toString());
            String result = load.awaitLine(line -> line.startsWith("result "), LOAD_TIMEOUT);
            load.awaitLine(line -> line.startsWith("done"), LOAD_TIMEOUT);
            return Measurement.of(Line.parse(result), cpuAtEnd.get() - cpuAtBegin.get());
        }
    }

    @Override
    public void pause() {
        if (!paused) {
            pids.forEach(pid -> ProcessStatus.signal(pid, "STOP"));
            paused = true;
        }
    }

    @Override
    public void goOn() {
        if (paused) {
            pids.forEach(pid -> ProcessStatus.signal(pid, "CONT"));
            paused = false;
        }
    }

    @Override
    public void close() {
        goOn();
        stop.run();
        Cluster.empty(directory);
    }
}
