// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import io.agenamq.tck.client.Line;
import io.agenamq.tck.server.Checkout;
import io.agenamq.tck.server.ChildJvm;
import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import io.agenamq.tck.server.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One name server and one broker of one kind, with their own store; loads are run on it one after the other. */
final class Contender implements Side {

    private static final AtomicInteger RUNS = new AtomicInteger();

    /** Longer than any load takes that is not lost. */
    private static final Duration LOAD_TIMEOUT = Duration.ofMinutes(30);

    private final Distribution distribution;
    private final Cluster cluster;
    private final Path directory;
    private boolean stopped;

    private Contender(Distribution distribution, Cluster cluster, Path directory) {
        this.distribution = distribution;
        this.cluster = cluster;
        this.directory = directory;
    }

    /** Starts it on an empty store, as it is distributed, except for the heap and when it forces the disk. */
    static Contender start(Distribution distribution, String flush, Options options) {
        Path directory = Path.of(options.text("data"))
                .toAbsolutePath()
                .resolve(distribution.name().toLowerCase(Locale.ROOT));
        Cluster cluster = Cluster.of(distribution)
                .asDistributed()
                .broker("broker-a")
                .heap(options.text("heap"))
                .with("flushDiskType", flush.equals("sync") ? "SYNC_FLUSH" : "ASYNC_FLUSH")
                .start(directory);
        return new Contender(distribution, cluster, directory);
    }

    @Override
    public boolean isOurs() {
        return distribution == Distribution.AGENA;
    }

    @Override
    public String name() {
        return isOurs() ? "AgenaMQ" : "RocketMQ";
    }

    ServerProcess broker() {
        return cluster.broker();
    }

    /** A plan for this contender's name server. */
    Line plan(String kind, Options options) {
        return Line.of("plan")
                .with("kind", kind)
                .with("nameServers", cluster.nameServers())
                .with("size", options.text("size"))
                .with("warmupSeconds", options.text("warmup"))
                .with("seconds", options.text("seconds"))
                .with("window", options.text("window"));
    }

    /** Runs one load in a process of its own, and looks at the broker's CPU while it measures. */
    Measurement run(Line plan) {
        goOn();
        String name = "load-" + RUNS.incrementAndGet();
        var cpuAtBegin = new AtomicLong();
        var cpuAtEnd = new AtomicLong();
        var diskAtBegin = new AtomicLong();
        var diskAtEnd = new AtomicLong();
        ChildJvm.Command command = new ChildJvm.Command(
                        name, Checkout.classPath("bench/load"), "io.agenamq.bench.load.LoadMain")
                .in(directory.resolveSibling("load"))
                .jvm("-Xms512m", "-Xmx512m", "-Duser.home=" + directory.resolveSibling("load"))
                .jvm("-Drocketmq.client.logLevel=ERROR");
        try (ChildJvm load = command.start(line -> {
            if (line.startsWith("measuring")) {
                cpuAtBegin.set(ProcessStatus.cpuNanos(broker().pid()));
                diskAtBegin.set(ProcessStatus.diskBytes(broker().pid()));
            } else if (line.startsWith("result ")) {
                cpuAtEnd.set(ProcessStatus.cpuNanos(broker().pid()));
                diskAtEnd.set(ProcessStatus.diskBytes(broker().pid()));
            }
        })) {
            load.tell(plan.toString());
            String result = load.awaitLine(line -> line.startsWith("result "), LOAD_TIMEOUT);
            load.awaitLine(line -> line.startsWith("done"), LOAD_TIMEOUT);
            return Measurement.of(
                    Line.parse(result), cpuAtEnd.get() - cpuAtBegin.get(), diskAtEnd.get() - diskAtBegin.get());
        }
    }

    @Override
    public void pause() {
        if (!stopped) {
            signal("STOP");
            stopped = true;
        }
    }

    @Override
    public void goOn() {
        if (stopped) {
            signal("CONT");
            stopped = false;
        }
    }

    private void signal(String name) {
        ProcessStatus.signal(cluster.broker().pid(), name);
        ProcessStatus.signal(cluster.nameServer(0).pid(), name);
    }

    @Override
    public void close() {
        goOn();
        cluster.close();
        Cluster.empty(directory);
    }
}
