// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import static io.agenamq.tck.rocketmq.Fixture.bodies;
import static io.agenamq.tck.rocketmq.Fixture.eventually;
import static io.agenamq.tck.rocketmq.Fixture.fresh;
import static io.agenamq.tck.rocketmq.Fixture.topic;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How the instances of a group share eight queues on two brokers. Every strategy computes its share from the queues of the route and the
 * members that the broker knows by their heartbeats. Where a change must be notified, the client's own timer is set to an hour.
 */
@ParameterizedClass
@EnumSource
class RebalanceIT {

    /** Switches off the timer by which a client looks at its share without being told to; the default is 20 s. */
    private static final String ONLY_WHEN_NOTIFIED = "-Drocketmq.client.rebalance.waitInterval=3600000";

    private final OfficialClient version;
    private final ClientProcess client;
    private final List<PushConsumer> consumers = new ArrayList<>();
    private Producer producer;
    private String topic;
    private String group;
    private List<QueueName> queues;

    RebalanceIT(OfficialClient version) {
        this.version = version;
        client = Fixture.client(version);
    }

    @BeforeEach
    void start() {
        producer = client.producer(fresh("producer"));
        topic = fresh("shared");
        group = fresh("group");
        queues = new ArrayList<>(topic(producer, topic, 4));
        queues.sort(Comparator.comparing(QueueName::broker).thenComparing(QueueName::id));
    }

    @AfterEach
    void shutDown() {
        consumers.forEach(PushConsumer::close);
        producer.close();
    }

    @Test
    void averagely_gives_each_a_block() {
        List<PushConsumer> members = three("AVG");

        eventually(() -> assertThat(shares(members))
                .containsExactly(queues.subList(0, 3), queues.subList(3, 6), queues.subList(6, 8)));
    }

    @Test
    void averagely_by_circle_deals_them_out() {
        List<PushConsumer> members = three("AVG_BY_CIRCLE");

        eventually(() -> assertThat(shares(members)).containsExactly(every(3, 0), every(3, 1), every(3, 2)));
    }

    @Test
    void consistent_hash_gives_each_queue_to_one() {
        List<PushConsumer> members = three("CONSISTENT_HASH");

        eventually(() -> {
            assertThat(members).extracting(PushConsumer::memberCount).containsOnly(3);
            assertThat(shares(members).stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(queues);
        });
    }

    @Test
    void config_gives_each_what_it_asks_for() {
        PushConsumer first = started(plan("CONFIG").queues(queues.subList(0, 3)));
        PushConsumer second = started(plan("CONFIG").queues(queues.subList(3, 8)));

        producer.to(topic).send(40);

        eventually(() -> assertThat(first.received()).hasSize(15));
        eventually(() -> assertThat(second.received()).hasSize(25));
        assertThat(first.received()).extracting(Received::queueName).containsAll(queues.subList(0, 3));
    }

    @Test
    void machine_room_shares_the_queues_of_the_rooms() {
        PushConsumer first = started(plan("MACHINE_ROOM").rooms("room-a"));
        PushConsumer second = started(plan("MACHINE_ROOM").rooms("room-a"));

        eventually(() -> {
            assertThat(first.memberCount()).isEqualTo(2);
            assertThat(second.memberCount()).isEqualTo(2);
            assertThat(Stream.of(first, second).flatMap(member -> member.queues().stream()))
                    .containsExactlyInAnyOrderElementsOf(queues.subList(0, 4));
        });
    }

    @Test
    void machine_room_nearby_prefers_the_own_room_and_covers_the_others() {
        PushConsumer near = started(plan("MACHINE_ROOM_NEARBY").instance("room-a@" + fresh("one")));
        eventually(() -> assertThat(near.queues()).containsExactlyInAnyOrderElementsOf(queues));

        PushConsumer far = started(plan("MACHINE_ROOM_NEARBY").instance("room-b@" + fresh("other")));

        eventually(() -> assertThat(near.queues()).containsExactlyInAnyOrderElementsOf(queues.subList(0, 4)));
        eventually(() -> assertThat(far.queues()).containsExactlyInAnyOrderElementsOf(queues.subList(4, 8)));
    }

    @Test
    void a_new_instance_takes_its_share_when_the_others_are_notified() {
        try (ClientProcess patient = Fixture.newClient(version, ONLY_WHEN_NOTIFIED)) {
            PushConsumer old = patient.pushConsumer(group, topic).start();
            eventually(() -> assertThat(old.queues()).hasSize(8));

            PushConsumer young = patient.pushConsumer(group, topic).start();

            eventually(() -> {
                assertThat(old.queues()).hasSize(4);
                assertThat(young.queues()).hasSize(4);
            });
        }
    }

    @Test
    void the_share_of_a_stopped_instance_is_taken_over_when_the_others_are_notified() {
        try (ClientProcess patient = Fixture.newClient(version, ONLY_WHEN_NOTIFIED)) {
            PushConsumer staying = patient.pushConsumer(group, topic).start();
            PushConsumer leaving = patient.pushConsumer(group, topic).start();
            eventually(() -> assertThat(staying.queues()).hasSize(4));

            leaving.close();

            eventually(() -> assertThat(staying.queues()).hasSize(8));
        }
    }

    @Test
    void the_share_of_a_killed_instance_is_taken_over_when_the_others_are_notified() {
        try (ClientProcess patient = Fixture.newClient(version, ONLY_WHEN_NOTIFIED);
                ClientProcess doomed = Fixture.newClient(version)) {
            PushConsumer staying = patient.pushConsumer(group, topic).start();
            // Both processes count their clients from one, so this one is told a name of its own.
            doomed.pushConsumer(group, topic).instance(fresh("doomed")).start();
            eventually(() -> assertThat(staying.queues()).hasSize(4));

            doomed.kill();

            eventually(() -> assertThat(staying.queues()).hasSize(8));
            producer.to(topic).send(16);
            eventually(() -> assertThat(staying.bodies()).containsAll(bodies("m-", 16)));
        }
    }

    @Test
    void nothing_is_lost_while_instances_come_and_go() {
        PushConsumer staying = started(plan("AVG").persistMillis(500));
        eventually(() -> assertThat(staying.queues()).hasSize(8));

        producer.to(topic).bodies("a-").send(80);
        PushConsumer guest = plan("AVG").persistMillis(500).start();
        producer.to(topic).bodies("b-").send(80);
        eventually(() -> assertThat(guest.queues()).hasSize(4));
        producer.to(topic).bodies("c-").send(80);
        guest.close();
        producer.to(topic).bodies("d-").send(80);

        List<String> sent = new ArrayList<>();
        Stream.of("a-", "b-", "c-", "d-").forEach(prefix -> sent.addAll(bodies(prefix, 80)));
        eventually(() -> {
            List<String> all = new ArrayList<>(staying.bodies());
            all.addAll(guest.bodies());
            assertThat(all).containsAll(sent);
        });
    }

    private PushConsumer.Plan plan(String strategy) {
        return client.pushConsumer(group, topic).strategy(strategy);
    }

    private PushConsumer started(PushConsumer.Plan plan) {
        PushConsumer consumer = plan.start();
        consumers.add(consumer);
        return consumer;
    }

    /** Three members, in the order of their client identifiers, which is the order that the strategies go by. */
    private List<PushConsumer> three(String strategy) {
        String name = fresh("member");
        return Stream.of("-1", "-2", "-3")
                .map(suffix -> started(plan(strategy).instance(name + suffix)))
                .collect(Collectors.toList());
    }

    /** What each member has, in the order of the route. */
    private List<List<QueueName>> shares(List<PushConsumer> members) {
        return members.stream()
                .map(member -> queues.stream().filter(member.queues()::contains).collect(Collectors.toList()))
                .collect(Collectors.toList());
    }

    private List<QueueName> every(int step, int from) {
        List<QueueName> dealt = new ArrayList<>();
        for (int i = from; i < queues.size(); i += step) {
            dealt.add(queues.get(i));
        }
        return dealt;
    }
}
