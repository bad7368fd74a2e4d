// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.append;

import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.store.Store;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.tck.server.Cluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A batch of messages of 1 KiB into a real store, to the page cache: encode, checksum, write, publish in the consume queue and the key
 * index. The rate is per batch; with several threads ({@code -t 2}) they meet at the append lock, as event loops do.
 *
 * <p>The store is under {@code bench/target} and grows by a few gigabytes before it is deleted.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AppendBenchmark {

    private static final int BODY_BYTES = 1024;
    private static final int QUEUE_COUNT = 8;
    private static final String TOPIC = "bench";

    @Param({"1", "32"})
    public int messages = 1;

    private final Path directory = Path.of("bench", "target", "append").toAbsolutePath();

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Store store;

    /** What every event loop has of its own. */
    @State(Scope.Thread)
    public static class Loop {

        @SuppressWarnings("NullAway.Init")
        private MessageBatch batch;

        private final ByteBuffer body = ByteBuffer.allocate(BODY_BYTES);
        private final ByteBuffer properties =
                ByteBuffer.wrap("TAGS\u0001tag\u0002UNIQ_KEY\u00017F000001000000000000000000000001\u0002"
                        .getBytes(StandardCharsets.UTF_8));
        private final InetSocketAddress bornHost = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
        private int next;

        @Setup
        public void prepare(AppendBenchmark benchmark) {
            batch = benchmark.store.log().newBatch();
        }
    }

    @Setup(Level.Trial)
    public void open() throws IOException, AppendRefusedException {
        Cluster.empty(directory);
        Files.createDirectories(directory);
        store = Store.open(StoreConfig.defaults(), FileDisk.at(directory), InstantSource.system(), (what, cause) -> {
            throw new IllegalStateException(what, cause);
        });
        store.topics().put(new TopicConfig(TOPIC, QUEUE_COUNT, QUEUE_COUNT, 6));
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        store.close();
        Cluster.empty(directory);
    }

    @Benchmark
    public long append(Loop loop) throws AppendRefusedException {
        loop.batch.clear();
        for (int i = 0; i < messages; i++) {
            loop.next = (loop.next + 1) % QUEUE_COUNT;
            loop.batch.add(new MessageDraft(
                    TOPIC, loop.next, 0, 0, 1_760_000_000_000L, loop.bornHost, 0, 0, loop.properties, loop.body));
        }
        store.log().append(loop.batch);
        return loop.batch.endPosition();
    }
}
