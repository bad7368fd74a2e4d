// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
import static io.agenamq.tck.rocketmq.Fixture.contents;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.agenamq.tck.rocketmq.TransactionProducer.Outcome;
import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** RocketMQ's transactional messages: seen once, or never, as the listener of the producer's group says, whoever dies meanwhile. */
@ParameterizedClass
@EnumSource
class TransactionIT {

    private static Cluster cluster;

    private final OfficialClient version;

    TransactionIT(OfficialClient version) {
        this.version = version;
    }

    @BeforeAll
    static void startCluster() {
        cluster = Cluster.of(Distribution.chosen())
                .broker("broker-a")
                .with("transactionTimeOut", "300")
                .with("transactionCheckInterval", "500")
                .with("transactionCheckMax", "1000000")
                .start(Fixture.DIRECTORY.resolve("transactions"));
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Test
    void a_message_is_seen_if_it_is_committed_at_once_or_when_somebody_asks() {
        try (ClientProcess client = client()) {
            QueueName queue = queueOf(client);
            TransactionProducer producer = client.transactionProducer(fresh("bank"));
            producer.send(queue.topic(), "c", 5, Outcome.COMMIT);
            producer.send(queue.topic(), "r", 5, Outcome.ROLLBACK);
            producer.send(queue.topic(), "uc", 5, Outcome.UNKNOWN, Outcome.COMMIT);
            producer.send(queue.topic(), "ur", 5, Outcome.UNKNOWN, Outcome.ROLLBACK);

            PullConsumer reader = client.pullConsumer(fresh("reader"));
            List<String> committed = new ArrayList<>(bodies("c", 5));
            committed.addAll(bodies("uc", 5));
            eventually(() -> {
                assertThat(producer.asked()).containsAll(bodies("ur", 5));
                assertThat(bodies(contents(reader, queue))).containsExactlyInAnyOrderElementsOf(committed);
            });

            assertThat(producer.asked())
                    .doesNotContainAnyElementsOf(bodies("c", 5))
                    .doesNotContainAnyElementsOf(bodies("r", 5));
            Received one = contents(reader, queue).get(0);
            assertThat(one.properties()).containsEntry("TRAN_MSG", "true").containsEntry("REAL_TOPIC", queue.topic());
        }
    }

    @Test
    void another_producer_of_the_group_answers_for_a_dead_one() {
        String group = fresh("bank");
        try (ClientProcess survivor = client()) {
            QueueName queue = queueOf(survivor);
            try (ClientProcess doomed = client()) {
                // Whatever it is asked, it does not know.
                doomed.transactionProducer(group).send(queue.topic(), "u", 3, Outcome.UNKNOWN);
                doomed.kill();
            }
            TransactionProducer other = survivor.transactionProducer(group);
            other.answers(Outcome.COMMIT);
            // So that the broker knows of it.
            other.send(queue.topic(), "own", 1, Outcome.COMMIT);

            PullConsumer reader = survivor.pullConsumer(fresh("reader"));
            eventually(() ->
                    assertThat(bodies(contents(reader, queue))).containsExactlyInAnyOrder("own0", "u0", "u1", "u2"));
        }
    }

    @Test
    void a_killed_broker_remembers_what_is_undecided_and_what_was_decided() {
        try (ClientProcess client = client()) {
            QueueName queue = queueOf(client);
            TransactionProducer producer = client.transactionProducer(fresh("bank"));
            producer.send(queue.topic(), "u", 3, Outcome.UNKNOWN);
            producer.send(queue.topic(), "c", 1, Outcome.COMMIT);
            producer.send(queue.topic(), "r", 1, Outcome.ROLLBACK);
            PullConsumer reader = client.pullConsumer(fresh("reader"));
            eventually(() -> assertThat(bodies(contents(reader, queue))).containsExactly("c0"));

            cluster.broker().kill();
            cluster.broker().restart();

            eventually(() -> assertThat(bodies(contents(reader, queue))).containsExactly("c0"));
            producer.answers(Outcome.COMMIT);
            eventually(() ->
                    assertThat(bodies(contents(reader, queue))).containsExactlyInAnyOrder("c0", "u0", "u1", "u2"));
        }
    }

    @Test
    void the_first_decision_stands() {
        assumeThat(Distribution.chosen())
                .as("the reference commits a message as often as it is told to")
                .isNotEqualTo(Distribution.REFERENCE);
        try (ClientProcess client = client()) {
            QueueName queue = queueOf(client);
            TransactionProducer producer = client.transactionProducer(fresh("bank"));
            producer.send(queue.topic(), "c", 1, Outcome.COMMIT);
            producer.send(queue.topic(), "r", 1, Outcome.ROLLBACK);
            for (Outcome late : new Outcome[] {Outcome.COMMIT, Outcome.ROLLBACK}) {
                producer.decide("c0", late);
                producer.decide("r0", late);
            }
            // Over the same connection, so that it comes behind what is late.
            producer.send(queue.topic(), "end", 1, Outcome.COMMIT);

            PullConsumer reader = client.pullConsumer(fresh("reader"));
            eventually(() -> assertThat(bodies(contents(reader, queue))).endsWith("end0"));
            assertThat(bodies(contents(reader, queue))).containsExactly("c0", "end0");
        }
    }

    private static QueueName queueOf(ClientProcess client) {
        return Fixture.topic(client.producer(fresh("producer")), fresh("transactions"), 1, 1)
                .get(0);
    }

    private ClientProcess client() {
        return ClientProcess.start(version, cluster.nameServers(), Fixture.DIRECTORY.resolve("clients"));
    }
}
