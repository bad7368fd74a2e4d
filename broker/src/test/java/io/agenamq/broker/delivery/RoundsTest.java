// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.jms.PropertyEncoder;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.store.Store;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.MessageBatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A topic with many durable subscribers, whose event loop and owner threads do what they are told. */
class RoundsTest {

    private static final String TOPIC = "News";
    private static final int SUBSCRIBERS = Rounds.CONSUMERS_MIN + 1;
    private static final InetSocketAddress PRODUCER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4242);
    private static final FaultHandler FAULTS = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
    private final Deque<Runnable> loop = new ArrayDeque<>();
    private final Deque<Runnable> owner = new ArrayDeque<>();
    private final List<FakeConnection> connections = new ArrayList<>();
    private final List<AttachedConsumer> consumers = new ArrayList<>();
    private final TreeMap<Long, List<Runnable>> alarms = new TreeMap<>();
    private Store store;
    private Destination destination;

    @BeforeEach
    void create() throws Exception {
        store = Store.openStepped(StoreConfig.defaults(), new SimulatedDisk(), clock, FAULTS);
        store.topics().put(new TopicConfig(TOPIC, 1, 1, 6));
        destination = new Destination(
                TOPIC,
                store.log(),
                new BatchPool(store.log()::newBatch),
                owner::add,
                clock,
                FAULTS,
                (due, task) ->
                        alarms.computeIfAbsent(due, key -> new ArrayList<>()).add(task),
                (topic, whenMade) -> DeadLetters.NOWHERE);
        for (int i = 0; i < SUBSCRIBERS; i++) {
            subscribe("audit-" + i);
        }
        run(owner);
    }

    private void subscribe(String name) throws Exception {
        DurableSubscription durable = store.subscriptions()
                .put(new SubscriptionKey("app", name), TOPIC, null, false, false, () -> List.of(0L));
        Subscription subscription = new Subscription(
                store::message,
                List.of(new Window(store.queue(TOPIC, 0), store.cursors().get(durable.cursor(0)), true)),
                Subscription.Kind.DURABLE,
                durable.id(),
                () -> DeliveryRules.with(RedeliveryPolicy.ENDLESS),
                () -> 0,
                DeliveryMemory.none());
        FakeConnection connection = new FakeConnection();
        connection.executor = loop::add;
        connections.add(connection);
        AttachedConsumer consumer = new AttachedConsumer(
                consumers.size(),
                connection,
                destination,
                subscription,
                subscription.join(Lane.Filter.of(Selector.ALL)),
                null);
        consumers.add(consumer);
        destination.submit(() -> {
            destination.subscriptions().add(subscription);
            subscription.add(consumer);
            consumer.addCredit(0, Integer.MAX_VALUE, Integer.MAX_VALUE);
            destination.stir(subscription);
        });
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void what_is_published_during_a_round_goes_with_the_next_one_in_one_frame() throws Exception {
        publish();
        run(owner);
        publish();
        publish();
        publish();
        run(owner);

        assertThat(connections).allSatisfy(each -> assertThat(each.frameCount).isEqualTo(1));

        run(loop);
        run(owner);

        assertThat(connections).allSatisfy(each -> {
            assertThat(each.frameCount).isEqualTo(2);
            assertThat(each.takeDelivered())
                    .extracting(FakeConnection.Delivered::offset)
                    .containsExactly(0L, 1L, 2L, 3L);
        });
    }

    @Test
    void the_event_loop_that_got_a_message_leaves_a_wide_round_to_an_owner() throws Exception {
        publish();

        assertThat(connections).allSatisfy(each -> assertThat(each.frameCount).isZero());

        run(owner);

        assertThat(connections).allSatisfy(each -> assertThat(each.frameCount).isEqualTo(1));
    }

    @Test
    void an_acknowledgement_is_recorded_during_a_round() throws Exception {
        publish();
        run(owner);
        AttachedConsumer first = consumers.get(0);
        destination.submit(() -> {
            first.subscription.acknowledge(first, 1, 1);
            destination.stir(first.subscription);
        });

        assertThat(first.subscription.windows().get(0).cursor().isSettled(0)).isTrue();
    }

    @Test
    void what_asks_for_what_is_there_is_told_after_the_round() throws Exception {
        List<String> told = new ArrayList<>();
        publish();
        run(owner);
        publish();
        destination.submit(() -> destination.afterTurn(() -> told.add("frames: " + connections.get(0).frameCount)));
        run(owner);

        assertThat(told).isEmpty();

        run(loop);
        run(owner);

        assertThat(told).containsExactly("frames: 2");
    }

    @Test
    void a_round_without_successor_leaves_nothing_to_do() throws Exception {
        publish();
        run(owner);
        run(loop);

        assertThat(owner).isEmpty();
    }

    @Test
    void rounds_for_a_hundred_are_some_milliseconds_apart() throws Exception {
        for (int i = SUBSCRIBERS; i < 100; i++) {
            subscribe("audit-" + i);
        }
        run(owner);
        publish();
        run(owner);
        run(loop);
        publish();
        run(owner);
        publish();
        run(owner);

        assertThat(connections).allSatisfy(each -> assertThat(each.frameCount).isEqualTo(1));
        assertThat(alarms).hasSize(1);

        clock.advance(Duration.ofMillis(alarms.firstKey() - clock.millis()));
        alarms.pollFirstEntry().getValue().forEach(Runnable::run);
        run(owner);

        assertThat(connections).allSatisfy(each -> {
            assertThat(each.frameCount).isEqualTo(2);
            assertThat(each.takeDelivered()).hasSize(3);
        });
    }

    @Test
    void a_message_that_comes_after_the_pause_leaves_at_once() throws Exception {
        for (int i = SUBSCRIBERS; i < 100; i++) {
            subscribe("audit-" + i);
        }
        run(owner);
        publish();
        run(owner);
        run(loop);
        clock.advance(Duration.ofMillis(20));
        publish();
        run(owner);

        assertThat(connections).allSatisfy(each -> assertThat(each.frameCount).isEqualTo(2));
        assertThat(alarms).isEmpty();
    }

    @Test
    void a_clock_that_is_set_back_stops_nothing() throws Exception {
        for (int i = SUBSCRIBERS; i < 100; i++) {
            subscribe("audit-" + i);
        }
        run(owner);
        publish();
        run(owner);
        run(loop);
        clock.advance(Duration.ofHours(-1));
        publish();
        run(owner);

        assertThat(connections).allSatisfy(each -> assertThat(each.frameCount).isEqualTo(2));
    }

    @Test
    void a_loop_that_has_ended_holds_up_no_round() throws Exception {
        connections.get(0).executor = task -> {
            throw new RejectedExecutionException("ended");
        };
        publish();
        run(owner);
        run(loop);
        publish();
        run(owner);

        assertThat(connections.get(1).frameCount).isEqualTo(2);
    }

    private void publish() throws AppendRefusedException {
        MessageBatch batch = store.log().newBatch();
        ByteBuffer properties = new PropertyEncoder().clear().build();
        batch.add(new MessageDraft(TOPIC, 0, 0, 0, 1, PRODUCER, 0, 0, properties, ByteBuffer.wrap(new byte[] {1})));
        store.log().append(batch);
        destination.arrived(() -> destination.subscriptions().forEach(destination::stir));
    }

    private static void run(Deque<Runnable> tasks) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
