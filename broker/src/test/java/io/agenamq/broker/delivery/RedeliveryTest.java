// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.agenamq.broker.delivery.FakeConnection.Delivered;
import io.agenamq.protocol.command.JmsFailure;
import io.agenamq.store.log.RefusalCause;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of messages that come back, and of those that must wait. */
class RedeliveryTest {

    @TempDir
    private Path folder;

    private QueueBench queue;

    @BeforeEach
    void open() {
        queue = new QueueBench(folder);
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
    }

    private List<Long> offsets() {
        return queue.connection.takeDelivered().stream().map(Delivered::offset).toList();
    }

    /** Gives back what a consumer has in flight, seen. */
    private void fail(AttachedConsumer consumer) {
        queue.release(consumer, consumer.inFlight().next() - 1, true, 10);
    }

    @Test
    void a_message_that_comes_back_too_often_is_a_dead_letter_and_does_not_hold_up_the_others() {
        queue.policy = new RedeliveryPolicy(2, 0, false);
        AttachedConsumer consumer = queue.attach(null, 1);
        queue.send("poison");
        fail(consumer);
        fail(consumer);
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::deliveryNumber)
                .containsExactly(1, 2, 3);
        assertThat(queue.deadLetters()).isEmpty();

        fail(consumer);
        queue.send("good");

        assertThat(offsets()).containsExactly(1L);
        assertThat(queue.deadLetters()).hasSize(1);
        assertThat(queue.deadLetters().get(0))
                .contains(
                        entry("colour", "poison"),
                        entry("TAGS", "poison"),
                        entry("JMS_AGENA_DEAD_REASON", "REDELIVERY_LIMIT"),
                        entry("JMS_AGENA_DEAD_DESTINATION", "queue://Orders"),
                        entry("JMS_AGENA_DEAD_COUNT", "3"));
        assertThat(queue.window().cursor().floor()).isEqualTo(1);
        assertThat(queue.window().isFree(0)).isTrue();
    }

    @Test
    void a_dead_letter_stays_dead_after_a_crash() {
        queue.policy = new RedeliveryPolicy(0, 0, false);
        AttachedConsumer consumer = queue.attach(null, 1);
        queue.send("poison", queue.clock.millis() + 60_000);
        fail(consumer);
        queue.connection.takeDelivered();

        queue.kill();
        queue.attach(null, 1);

        assertThat(offsets()).isEmpty();
        assertThat(queue.deadLetters()).singleElement().satisfies(letter -> assertThat(letter)
                .doesNotContainKey("JMSExpiration"));
    }

    @Test
    void what_an_application_never_saw_does_not_come_nearer_to_its_limit() {
        queue.policy = new RedeliveryPolicy(0, 0, false);
        AttachedConsumer consumer = queue.attach(null, 1);
        queue.send("red");

        for (int i = 0; i < 5; i++) {
            queue.release(consumer, 0, true, 1);
        }

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::deliveryNumber)
                .containsOnly(1)
                .hasSize(6);
    }

    @Test
    void an_expired_message_is_a_dead_letter_where_its_destination_keeps_them() {
        queue.policy = RedeliveryPolicy.of(Map.of("expired.dead.letter", "true"));
        queue.send("old", queue.clock.millis() + 1000);
        queue.send("young");
        queue.pass(Duration.ofSeconds(1));

        queue.attach("colour = 'young'", 10);

        assertThat(offsets()).containsExactly(1L);
        assertThat(queue.deadLetters()).singleElement().satisfies(letter -> assertThat(letter)
                .contains(entry("JMS_AGENA_DEAD_REASON", "EXPIRED"), entry("JMS_AGENA_DEAD_COUNT", "0"))
                .doesNotContainKey("JMSExpiration"));
        assertThat(queue.window().cursor().floor()).isEqualTo(1);
        queue.kill();
        queue.attach(null, 10);
        assertThat(offsets()).containsExactly(1L);
        assertThat(queue.deadLetters()).hasSize(1);
    }

    @Test
    void redeliveries_wait_longer_each_time_while_others_go_on() {
        queue.policy = new RedeliveryPolicy(16, 100, false);
        AttachedConsumer consumer = queue.attach(null, 10);
        queue.send("poison");
        fail(consumer);
        queue.send("good");
        assertThat(offsets()).containsExactly(0L, 1L);
        queue.acknowledge(consumer, 2, 2);

        queue.pass(Duration.ofMillis(99));
        assertThat(offsets()).isEmpty();
        queue.pass(Duration.ofMillis(1));
        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::offset, Delivered::deliveryNumber)
                .containsExactly(tuple(0L, 2));

        fail(consumer);
        queue.pass(Duration.ofMillis(199));
        assertThat(offsets()).isEmpty();
        queue.pass(Duration.ofMillis(1));
        assertThat(offsets()).containsExactly(0L);
    }

    @Test
    void the_policy_is_what_the_topic_says() {
        int twoHours = 2 * 60 * 60 * 1000;
        RedeliveryPolicy usual = new RedeliveryPolicy(16, 0, twoHours, 2, 20, false);
        assertThat(RedeliveryPolicy.of(Map.of())).isEqualTo(usual);
        assertThat(RedeliveryPolicy.of(Map.of(
                        "redelivery.count.max", "3",
                        "redelivery.delay.millis", "500",
                        "redelivery.delay.max.millis", "9000",
                        "redelivery.delay.factor", "3",
                        "redelivery.delay.jitter.percent", "0")))
                .isEqualTo(new RedeliveryPolicy(3, 500, 9000, 3, 0, false));
        assertThat(RedeliveryPolicy.of(Map.of(
                        "redelivery.count.max", "-1",
                        "redelivery.delay.millis", "soon",
                        "redelivery.delay.factor", "0")))
                .isEqualTo(usual);
    }

    @Test
    void waits_grow_up_to_a_bound_and_no_two_need_be_the_same() {
        RedeliveryPolicy slow = new RedeliveryPolicy(100, 1000, false);
        assertThat(slow.delayAfter(1, 0.9)).isEqualTo(1000);
        assertThat(slow.delayAfter(4, 0.9)).isEqualTo(8000);
        assertThat(slow.delayAfter(90, 0.9)).isEqualTo(2 * 60 * 60 * 1000);
        assertThat(slow.delayAfter(Integer.MAX_VALUE, 0)).isEqualTo(2 * 60 * 60 * 1000);

        RedeliveryPolicy drawn = new RedeliveryPolicy(100, 1000, 5000, 3, 50, false);
        assertThat(drawn.delayAfter(1, 0)).isEqualTo(1000);
        assertThat(drawn.delayAfter(2, 0)).isEqualTo(3000);
        assertThat(drawn.delayAfter(2, 0.5)).isEqualTo(3750);
        assertThat(drawn.delayAfter(3, 1)).isEqualTo(7500);
        assertThat(new RedeliveryPolicy(100, 1000, 5000, 1, 0, false).delayAfter(Integer.MAX_VALUE, 0))
                .isEqualTo(1000);
        assertThat(new RedeliveryPolicy(100, 0, 5000, 2, 50, false).delayAfter(9, 1))
                .isZero();
    }

    @Test
    void a_redelivery_waits_for_its_part_of_the_jitter() {
        queue.policy = new RedeliveryPolicy(16, 100, 1000, 2, 50, false);
        queue.chance = 0.5;
        AttachedConsumer consumer = queue.attach(null, 10);
        queue.send("poison");
        fail(consumer);
        assertThat(offsets()).containsExactly(0L);

        queue.pass(Duration.ofMillis(124));
        assertThat(offsets()).isEmpty();
        queue.pass(Duration.ofMillis(1));
        assertThat(offsets()).containsExactly(0L);
    }

    @Test
    void a_dead_letter_says_what_its_last_delivery_failed_with_and_when() {
        queue.policy = new RedeliveryPolicy(1, 0, false);
        AttachedConsumer consumer = queue.attach(null, 2);
        queue.send("poison", queue.clock.millis() + 60_000);
        queue.send("good");
        queue.release(consumer, 2, true, 2, new JmsFailure(1, "a.FirstException", "first"));
        JmsFailure last = new JmsFailure(3, "java.lang.IllegalStateException", "no \u0001table\nof that name");
        queue.release(consumer, 4, true, 2, last);

        assertThat(queue.deadLetters()).hasSize(2);
        assertThat(queue.deadLetters().get(0))
                .contains(
                        entry("colour", "poison"),
                        entry("JMS_AGENA_DEAD_EXCEPTION", "java.lang.IllegalStateException"),
                        entry("JMS_AGENA_DEAD_EXCEPTION_MESSAGE", "no  table of that name"),
                        entry("JMS_AGENA_DEAD_TIME", Long.toString(queue.clock.millis())),
                        entry("JMS_AGENA_DEAD_EXPIRATION", Long.toString(queue.clock.millis() + 60_000)));
        assertThat(queue.deadLetters().get(1))
                .contains(entry("colour", "good"))
                .doesNotContainKey("JMS_AGENA_DEAD_EXCEPTION");
    }

    @Test
    void a_dead_letter_without_room_says_as_much_as_fits() {
        queue.policy = new RedeliveryPolicy(0, 0, false);
        AttachedConsumer consumer = queue.attach(null, 1);
        String long1 = "x".repeat(16_000);
        queue.send(long1); // twice: as the tag, and as the property
        queue.release(consumer, 1, true, 1, new JmsFailure(1, "E", "\uD83D\uDE80".repeat(10_000)));

        assertThat(queue.deadLetters()).singleElement().satisfies(letter -> assertThat(letter)
                .containsEntry("colour", long1)
                .containsEntry("JMS_AGENA_DEAD_REASON", "REDELIVERY_LIMIT")
                .containsEntry("JMS_AGENA_DEAD_EXCEPTION_MESSAGE", "\uD83D\uDE80".repeat(128)));

        String long2 = "x".repeat(16_340);
        queue.send(long2);
        queue.release(consumer, 2, true, 1, new JmsFailure(2, "E", "something"));
        assertThat(queue.deadLetters()).hasSize(2);
        assertThat(queue.deadLetters().get(1))
                .containsEntry("colour", long2)
                .doesNotContainKey("JMS_AGENA_DEAD_EXCEPTION_MESSAGE");
    }

    @Test
    void a_queue_of_dead_letters_has_a_name_that_fits() {
        assertThat(DeadLetters.queueOf("Orders")).isEqualTo("%DLQ%Orders");
        String one = DeadLetters.queueOf("x".repeat(126) + "1");
        assertThat(one).hasSizeLessThanOrEqualTo(127).isNotEqualTo(DeadLetters.queueOf("x".repeat(126) + "2"));
    }

    @Test
    void a_delayed_message_comes_when_it_is_due_and_not_before() {
        long now = queue.clock.millis();
        queue.attach(null, 10);
        queue.send("late", 0, now + 200);
        queue.send("soon", 0, now + 100);
        queue.send("now");
        assertThat(offsets()).containsExactly(2L);

        queue.falseAlarm();
        queue.pass(Duration.ofMillis(99));
        assertThat(offsets()).isEmpty();
        queue.pass(Duration.ofMillis(1));
        assertThat(offsets()).containsExactly(1L);
        queue.pass(Duration.ofMillis(100));
        assertThat(offsets()).containsExactly(0L);
    }

    @Test
    void a_delayed_message_waits_for_its_time_over_a_crash() {
        long now = queue.clock.millis();
        queue.attach(null, 10);
        queue.send("late", 0, now + 200);

        queue.kill();
        queue.attach("colour = 'late'", 10);
        queue.pass(Duration.ofMillis(100));
        assertThat(offsets()).isEmpty();
        queue.pass(Duration.ofMillis(100));

        assertThat(queue.connection.takeDelivered())
                .extracting(Delivered::offset, Delivered::deliveryNumber)
                .containsExactly(tuple(0L, 1));
    }

    @Test
    void a_message_that_expires_before_it_is_due_is_never_delivered() {
        long now = queue.clock.millis();
        queue.attach(null, 10);
        queue.send("never", now + 100, now + 200);

        queue.pass(Duration.ofMillis(300));

        assertThat(offsets()).isEmpty();
        assertThat(queue.window().cursor().floor()).isEqualTo(1);
    }

    @Test
    void what_waits_for_long_has_one_alarm_however_many_others_wait_meanwhile() {
        AttachedConsumer consumer = queue.attach(null, 1000);
        queue.send("tomorrow", 0, queue.clock.millis() + Duration.ofDays(1).toMillis());

        for (int i = 1; i <= 100; i++) {
            queue.send("soon", 0, queue.clock.millis() + 10);
            queue.pass(Duration.ofMillis(10));
            assertThat(offsets()).containsExactly((long) i);
            queue.acknowledge(consumer, i, i);
        }

        assertThat(queue.alarmCount()).isEqualTo(1);
        queue.pass(Duration.ofDays(1));
        assertThat(offsets()).containsExactly(0L);
        assertThat(queue.alarmCount()).isZero();
    }

    @Test
    void dead_letters_that_were_refused_are_tried_again_though_nobody_comes() {
        queue.policy = new RedeliveryPolicy(0, 0, false);
        AttachedConsumer consumer = queue.attach(null, 1);
        queue.send("poison");
        queue.graveyardRefused = true;
        fail(consumer);
        queue.pass(Duration.ofMinutes(1));
        assertThat(queue.deadLetters()).isEmpty();

        queue.graveyardRefused = false;
        queue.store().log().refuseMessages(RefusalCause.DISK_USE, "full");
        queue.pass(Duration.ofMinutes(1));
        assertThat(queue.deadLetters()).isEmpty();

        queue.store().log().admitMessages(RefusalCause.DISK_USE);
        queue.pass(Duration.ofMinutes(1));
        assertThat(queue.deadLetters()).hasSize(1);
        assertThat(queue.alarmCount()).isZero();
    }

    @Test
    void many_dead_letters_are_made_turn_by_turn() {
        queue.policy = new RedeliveryPolicy(0, 0, false);
        AttachedConsumer consumer = queue.attach(null, 1000);
        for (int i = 0; i < 1000; i++) {
            queue.send("poison");
        }
        queue.stepping();

        fail(consumer);
        assertThat(queue.deadLetters()).hasSizeLessThan(500);
        assertThat(queue.step()).isTrue();
        while (queue.step()) {
            assertThat(queue.subscription().dying()).hasSizeLessThan(1000);
        }

        assertThat(queue.deadLetters()).hasSize(1000);
    }
}
