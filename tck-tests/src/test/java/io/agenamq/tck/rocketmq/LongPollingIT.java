// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A waiting pull is answered by the arrival of a message. The pulls here may wait longer than a call to the client process, so that an answer
 * at the end of their time comes too late. That no other timer is at work either is shown in the broker's own tests, by the order of answers.
 */
@ParameterizedClass
@EnumSource
class LongPollingIT {

    private static final int LONGER_THAN_ANY_CALL_MILLIS = 100_000;

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
    void a_push_consumer_that_waits_gets_each_message() {
        PushConsumer consumer =
                client.pushConsumer(fresh("group"), queue.topic()).start();

        for (int i = 0; i < 20; i++) {
            List<String> expected = bodies("m-", i + 1);
            producer.to(queue.topic()).queue(queue).from(i).send(1);
            eventually(() -> assertThat(consumer.bodies()).containsExactlyInAnyOrderElementsOf(expected));
        }
        consumer.close();
    }

    @Test
    void a_push_consumer_with_a_filter_waits_for_a_message_that_matches() {
        PushConsumer consumer =
                client.pushConsumer(fresh("group"), queue.topic()).tags("red").start();

        for (int i = 0; i < 20; i++) {
            List<String> expected = bodies("m-", i + 1);
            producer.to(queue.topic())
                    .queue(queue)
                    .bodies("other-")
                    .tags("green")
                    .send(2);
            producer.to(queue.topic()).queue(queue).tags("red").from(i).send(1);
            eventually(() -> assertThat(consumer.bodies()).containsExactlyInAnyOrderElementsOf(expected));
        }
        consumer.close();
    }

    @Test
    void all_who_wait_at_a_queue_are_answered_when_a_message_arrives() {
        PullConsumer consumer = client.pullConsumer(fresh("group"), LONGER_THAN_ANY_CALL_MILLIS);
        List<CompletableFuture<PullConsumer.Pulled>> pulls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pulls.add(CompletableFuture.supplyAsync(() -> consumer.pullBlocking(queue, "*", 0, 32), waiting));
        }
        // Whether a pull is already held is nothing that a client can see; it finds the message either way.
        producer.to(queue.topic()).queue(queue).send(1);

        for (CompletableFuture<PullConsumer.Pulled> pull : pulls) {
            PullConsumer.Pulled pulled = pull.join();
            assertThat(pulled.status()).isEqualTo("FOUND");
            assertThat(bodies(pulled.messages())).containsExactly("m-0");
        }
        consumer.close();
    }

    @Test
    void a_pull_that_waited_in_vain_is_told_so_when_its_time_is_over() {
        PullConsumer consumer = client.pullConsumer(fresh("group"), 1000);
        long before = System.nanoTime();

        PullConsumer.Pulled pulled = consumer.pullBlocking(queue, "*", 0, 32);

        assertThat(pulled.status()).isEqualTo("NO_NEW_MSG");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(900));
        consumer.close();
    }
}
