// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static io.agenamq.tck.rocketmq.Fixture.topic;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A waiting pull is answered by the arrival of a message, not by a timer; latencies are of one process and its clock. */
@ParameterizedClass
@EnumSource
class LongPollingIT {

    /** Far below the shortest timer that could be at work, a sweep each second; far above what a busy machine adds. */
    private static final Duration FAR_BELOW_ANY_TIMER = Duration.ofMillis(300);

    private static final int PROBE_COUNT = 21;

    private final ClientProcess client;
    private final ExecutorService waiting = Executors.newCachedThreadPool();
    private Producer producer;
    private QueueName queue;

    LongPollingIT(OfficialClient version) {
        client = Fixture.client(version);
    }

    @BeforeEach
    void start() {
        producer = client.producer(fresh("producer"));
        queue = topic(producer, fresh("polled"), 1).get(0);
    }

    @AfterEach
    void shutDown() {
        waiting.shutdownNow();
        producer.close();
    }

    @Test
    void a_push_consumer_that_waits_gets_a_message_when_it_arrives() {
        PushConsumer consumer =
                client.pushConsumer(fresh("group"), queue.topic()).start();
        producer.to(queue.topic()).queue(queue).bodies("warm-").send(1);
        eventually(() -> assertThat(consumer.received()).hasSize(1));

        long[] nanos = new long[PROBE_COUNT];
        for (int i = 0; i < PROBE_COUNT; i++) {
            int count = i + 2;
            Sent sent = producer.to(queue.topic()).queue(queue).send(1).get(0);
            eventually(() -> assertThat(consumer.received()).hasSize(count));
            nanos[i] = consumer.received().get(count - 1).nanos() - sent.nanos();
        }
        consumer.close();

        assertThat(median(nanos)).isLessThan(FAR_BELOW_ANY_TIMER);
    }

    @Test
    void a_push_consumer_with_a_filter_waits_for_a_message_that_matches() {
        PushConsumer consumer =
                client.pushConsumer(fresh("group"), queue.topic()).tags("red").start();
        producer.to(queue.topic()).queue(queue).tags("red").send(1);
        eventually(() -> assertThat(consumer.received()).hasSize(1));

        long[] nanos = new long[PROBE_COUNT];
        for (int i = 0; i < PROBE_COUNT; i++) {
            int count = i + 2;
            producer.to(queue.topic()).queue(queue).tags("green").send(2);
            Sent sent =
                    producer.to(queue.topic()).queue(queue).tags("red").send(1).get(0);
            eventually(() -> assertThat(consumer.received()).hasSize(count));
            nanos[i] = consumer.received().get(count - 1).nanos() - sent.nanos();
        }
        consumer.close();

        assertThat(median(nanos)).isLessThan(FAR_BELOW_ANY_TIMER);
    }

    @Test
    void all_who_wait_at_a_queue_are_answered_at_once() {
        PullConsumer consumer = client.pullConsumer(fresh("group"));
        List<CompletableFuture<PullConsumer.Pulled>> pulls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pulls.add(CompletableFuture.supplyAsync(() -> consumer.pullBlocking(queue, "*", 0, 32), waiting));
        }
        // Whether a pull is already held is nothing that a client can see; it finds the message either way.
        Sent sent = producer.to(queue.topic()).queue(queue).send(1).get(0);

        for (CompletableFuture<PullConsumer.Pulled> pull : pulls) {
            PullConsumer.Pulled pulled = pull.join();
            assertThat(pulled.status()).isEqualTo("FOUND");
            assertThat(Duration.ofNanos(pulled.nanos() - sent.nanos())).isLessThan(Duration.ofSeconds(3));
        }
        consumer.close();
    }

    @Test
    void a_pull_that_waited_in_vain_is_told_so_when_its_time_is_over() {
        PullConsumer consumer = client.pullConsumer(fresh("group"), 1000);
        long before = System.nanoTime();

        PullConsumer.Pulled pulled = consumer.pullBlocking(queue, "*", 0, 32);

        assertThat(pulled.status()).isEqualTo("NO_NEW_MSG");
        // The reference looks every five seconds only.
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofMillis(900), Duration.ofSeconds(10));
        consumer.close();
    }

    private static Duration median(long[] nanos) {
        return Duration.ofNanos(
                LongStream.of(nanos).sorted().skip(nanos.length / 2).findFirst().orElseThrow());
    }
}
