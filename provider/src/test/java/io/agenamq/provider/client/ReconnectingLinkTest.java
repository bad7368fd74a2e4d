// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsOutcomeResponse.Outcome;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.provider.client.FakeWire.FakeConsumer;
import io.agenamq.remoting.HostPort;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReconnectingLinkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);
    private static final ConsumerSpec SPEC =
            new ConsumerSpec("Orders", DestinationKind.QUEUE, "a = 1", null, null, null);

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final FakeWire wire = new FakeWire(clock);
    private final List<ClientException> lost = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private ReconnectingLink link = link(PATIENCE);

    /** What the application has seen. */
    private long seen;

    private final DeliverySink sink = new DeliverySink() {
        @Override
        public void delivered(int epoch, long sequence, int deliveryCount, ByteBuffer records, int at, int bytes) {
            told.add("delivered " + sequence);
        }

        @Override
        public long lost() {
            told.add("lost");
            return seen;
        }

        @Override
        public void restarted(boolean resumed) {
            told.add(resumed ? "restarted" : "restarted anew");
        }
    };

    private ReconnectingLink link(Duration patience) {
        ReconnectingLink made = new ReconnectingLink(wire, patience.toNanos(), clock, new Random(1));
        made.onLost(lost::add);
        return made;
    }

    @BeforeEach
    void connect() {
        wire.connect();
    }

    private CompletableFuture<Void> send(int number) {
        return link.send(wire.route(), FakeWire.message(number));
    }

    private static Reason failure(CompletableFuture<?> answer) {
        assertThat(answer).isCompletedExceptionally();
        return answer.handle((value, failed) -> ClientException.of(failed).reason())
                .join();
    }

    private static String text(CompletableFuture<?> answer) {
        return answer.handle((value, failed) -> ClientException.of(failed).getMessage())
                .join();
    }

    private ConsumerLink attach() {
        return link.attach(wire.home(), SPEC, 0, 0, sink).join();
    }

    // ---- sending

    @Test
    void a_message_that_could_not_be_sent_is_sent_when_there_is_a_connection_and_in_its_order() {
        wire.cut();
        HostPort address = wire.listening;
        wire.listening = null;

        List<CompletableFuture<Void>> answers = new ArrayList<>(List.of(send(1), send(2)));
        wire.pass(LONG_ENOUGH);
        answers.add(send(3));
        assertThat(answers).noneMatch(CompletableFuture::isDone);

        wire.listening = address;
        wire.pass(LONG_ENOUGH);
        answers.add(send(4));
        assertThat(wire.sent).containsExactly(1, 2, 3, 4);
        for (int i = 1; i <= 4; i++) {
            wire.store(i);
        }
        assertThat(answers).allMatch(answer -> answer.isDone() && !answer.isCompletedExceptionally());
        assertThat(wire.isIdle()).isTrue();
    }

    @Test
    void a_message_whose_answer_was_cut_off_fails_and_is_not_sent_again() {
        CompletableFuture<Void> inDoubt = send(1);

        wire.cut();
        CompletableFuture<Void> next = send(2);
        wire.pass(LONG_ENOUGH);
        wire.store(2);

        assertThat(failure(inDoubt)).isEqualTo(Reason.CONNECTION_LOST);
        assertThat(next).isCompleted();
        assertThat(wire.sent).containsExactly(1, 2);
    }

    @Test
    void a_message_waits_for_so_long_and_then_fails_as_not_sent() {
        wire.cut();
        wire.listening = null;

        CompletableFuture<Void> answer = send(1);
        wire.pass(PATIENCE.minusSeconds(2));
        assertThat(answer).isNotDone();
        wire.pass(Duration.ofSeconds(4));

        assertThat(failure(answer)).isEqualTo(Reason.UNREACHABLE);
        assertThat(text(answer)).contains("broker-a").contains("nobody listens").endsWith("the message was not sent");
        assertThat(lost).as("its sender was told").isEmpty();
        assertThat(wire.isIdle()).isTrue();
    }

    @Test
    void without_patience_a_message_is_tried_once() {
        link = link(Duration.ZERO);
        wire.cut();

        CompletableFuture<Void> reconnected = send(1);
        wire.store(1);
        wire.cut();
        wire.listening = null;
        CompletableFuture<Void> failed = send(2);

        assertThat(reconnected).isCompleted();
        assertThat(failure(failed)).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void a_message_that_waits_can_be_withdrawn_and_the_others_are_sent() {
        HostPort address = wire.listening;
        wire.cut();
        wire.listening = null;
        CompletableFuture<Void> first = send(1);
        CompletableFuture<Void> second = send(2);

        ((Withdrawable) first).withdraw();
        assertThat(failure(first)).isEqualTo(Reason.UNREACHABLE);
        assertThat(text(first)).endsWith("the message was not sent");

        wire.listening = address;
        wire.pass(LONG_ENOUGH);
        ((Withdrawable) second).withdraw();
        assertThat(wire.sent).containsExactly(2);
        assertThat(second).as("it is on its way").isNotDone();
        wire.store(2);
        assertThat(second).isCompleted();
    }

    @Test
    void no_more_than_so_many_messages_wait() {
        wire.cut();
        wire.listening = null;
        for (int i = 0; i < BrokerPath.HELD_COUNT_MAX; i++) {
            assertThat(send(i)).isNotDone();
        }
        assertThat(failure(send(0))).isEqualTo(Reason.TOO_MUCH);
    }

    @Test
    void messages_follow_a_broker_that_moved() {
        wire.cut();
        wire.listening = new HostPort("127.0.0.1", 20911);

        CompletableFuture<Void> answer = send(1);
        wire.pass(LONG_ENOUGH);
        wire.store(1);
        CompletableFuture<Void> next = send(2);
        wire.store(2);

        assertThat(answer).isCompleted();
        assertThat(next).isCompleted();
        assertThat(wire.sentTo).containsOnly(wire.listening);
    }

    /** Whatever happens, in whatever order: nothing is stored twice or out of order, and every sender is told what is true. */
    @Test
    void any_history_stores_each_message_once_at_most_and_in_order() {
        Seeds.forEach(200, random -> {
            ManualClock time = new ManualClock(Instant.EPOCH);
            FakeWire any = new FakeWire(time);
            any.connect();
            HostPort address = any.listening;
            ReconnectingLink over = new ReconnectingLink(any, PATIENCE.toNanos(), time, new Random(1));
            List<CompletableFuture<Void>> answers = new ArrayList<>();
            List<Integer> stored = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                switch (random.nextInt(6)) {
                    case 0 -> any.cut();
                    case 1 -> any.listening = random.nextBoolean() ? address : null;
                    case 2 -> any.pass(Duration.ofMillis(random.nextInt(1500)));
                    case 3 -> {
                        for (int number : List.copyOf(any.sendAnswers.keySet())) {
                            stored.add(number);
                            any.store(number);
                        }
                    }
                    default -> answers.add(over.send(any.route(), FakeWire.message(answers.size())));
                }
            }
            assertThat(any.sent).isSorted().doesNotHaveDuplicates();
            for (int number : stored) {
                assertThat(answers.get(number)).isCompleted();
            }
            over.close();
            assertThat(answers).allMatch(CompletableFuture::isDone);
            for (int i = 0; i < answers.size(); i++) {
                if (!any.sent.contains(i)) {
                    assertThat(failure(answers.get(i))).isIn(Reason.UNREACHABLE, Reason.CLOSED);
                }
            }
        });
    }

    // ---- consuming

    @Test
    void a_lost_consumer_is_attached_again_as_it_was() {
        ConsumerLink consumer = attach();
        FakeConsumer before = wire.attached.get(0);
        before.deliver(0, 1, 0, 5);

        wire.cut();
        CompletableFuture<Void> meanwhile = consumer.acknowledge(1, 1, 0, 0, 0, true);
        wire.pass(LONG_ENOUGH);
        FakeConsumer after = wire.attached.get(0);

        assertThat(told).containsExactly("delivered 1", "lost", "restarted");
        assertThat(meanwhile).isCompleted();
        assertThat(after).isNotSameAs(before);
        assertThat(after.spec).isEqualTo(SPEC);
        assertThat(after.number).isEqualTo(before.number);
        assertThat(after.generation).isGreaterThan(before.generation);
        assertThat(before.calls).isEmpty();
        assertThat(after.calls).containsExactly("acknowledge 1..1");
        assertThat(lost).isEmpty();
        assertThat(wire.isIdle()).isTrue();
    }

    // ---- acknowledging

    private FakeConsumer deliverTo(int count) {
        FakeConsumer consumer = wire.attached.get(0);
        for (int i = 1; i <= count; i++) {
            consumer.deliver(0, i, 0, 99 + i);
        }
        return consumer;
    }

    @Test
    void one_frame_is_on_its_way_and_what_is_acknowledged_meanwhile_goes_with_the_next() {
        ConsumerLink consumer = attach();
        FakeConsumer broker = deliverTo(6);
        wire.acknowledgementsAnswered = false;

        CompletableFuture<Void> first = consumer.acknowledge(1, 1, 0, 1, 10, false);
        CompletableFuture<Void> second = consumer.acknowledge(2, 2, 0, 1, 10, false);
        CompletableFuture<Void> third = consumer.acknowledge(3, 4, 0, 2, 20, false);
        assertThat(broker.calls).containsExactly("acknowledge 1..1 +1");
        assertThat(third).isSameAs(second);

        broker.owed.remove().complete(null);
        assertThat(broker.calls).containsExactly("acknowledge 1..1 +1", "acknowledge 2..4 +3");
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        broker.owed.remove().complete(null);
        assertThat(second).isCompleted();
    }

    @Test
    void a_frame_that_is_not_written_takes_along_what_is_acknowledged_meanwhile() {
        ConsumerLink consumer = attach();
        FakeConsumer broker = deliverTo(6);
        wire.acknowledgementsWait = true;

        CompletableFuture<Void> first = consumer.acknowledge(1, 1, 0, 1, 10, false);
        CompletableFuture<Void> second = consumer.acknowledge(2, 3, 0, 2, 20, false);
        broker.write();
        CompletableFuture<Void> third = consumer.acknowledge(4, 4, 0, 1, 10, false);

        assertThat(second).isSameAs(first);
        assertThat(broker.calls).containsExactly("acknowledge 1..3 +3");

        broker.owed.remove().complete(null);
        assertThat(first).isCompleted();
        assertThat(third).isNotDone();
        broker.write();
        assertThat(broker.calls).containsExactly("acknowledge 1..3 +3", "acknowledge 4..4 +1");
    }

    @Test
    void a_frame_that_is_not_written_grows_no_more_when_something_has_to_come_after_it() {
        ConsumerLink consumer = attach();
        FakeConsumer broker = deliverTo(3);
        wire.acknowledgementsWait = true;

        var unused = List.of(
                consumer.acknowledge(1, 1, 0, 1, 0, false),
                consumer.probe(0, 0, 0, false),
                consumer.acknowledge(2, 2, 0, 1, 0, false));
        broker.write();

        assertThat(broker.calls).containsExactly("probe", "acknowledge 1..1 +1");
        assertThat(broker.unwritten).isEmpty();
        broker.owed.remove().complete(null);
        broker.write();
        assertThat(broker.calls).endsWith("acknowledge 2..2 +1");
    }

    @Test
    void a_frame_that_was_never_written_is_said_as_a_whole_over_the_next_connection() {
        ConsumerLink consumer = attach();
        FakeConsumer broker = deliverTo(6);
        wire.acknowledgementsWait = true;
        CompletableFuture<Void> first = consumer.acknowledge(1, 1, 0, 1, 10, false);
        wire.cut();
        var unused = consumer.acknowledge(2, 3, 0, 2, 20, false);
        broker.write();
        wire.acknowledgementsWait = false;
        wire.pass(LONG_ENOUGH);

        assertThat(wire.attached.get(0).calls).startsWith("acknowledge 1..3");
        assertThat(first).isCompleted();
    }

    @Test
    void what_comes_after_acknowledgements_takes_along_those_that_wait() {
        ConsumerLink consumer = attach();
        FakeConsumer broker = deliverTo(3);
        wire.acknowledgementsAnswered = false;

        var unused = List.of(
                consumer.acknowledge(1, 1, 0, 0, 0, false),
                consumer.acknowledge(2, 2, 0, 0, 0, false),
                consumer.release(1, 2, true, 0, 0));

        assertThat(broker.calls).containsExactly("acknowledge 1..1", "acknowledge 2..2", "release 1");
    }

    @Test
    void a_browser_comes_after_what_was_acknowledged() {
        ConsumerLink consumer = attach();
        FakeConsumer broker = deliverTo(3);
        wire.acknowledgementsAnswered = false;

        var unused = List.of(consumer.acknowledge(1, 1, 0, 0, 0, false), consumer.acknowledge(2, 2, 0, 0, 0, false));
        link.browse(wire.home(), "Orders", 0, null, 0, 0, 1).join();

        assertThat(broker.calls).containsExactly("acknowledge 1..1", "acknowledge 2..2", "browse");
    }

    @Test
    void a_refusal_fails_what_it_concerns_and_the_next_goes_on() {
        ConsumerLink consumer = attach();
        FakeConsumer broker = deliverTo(3);
        wire.acknowledgementsAnswered = false;
        CompletableFuture<Void> first = consumer.acknowledge(1, 1, 0, 0, 0, false);
        CompletableFuture<Void> second = consumer.acknowledge(2, 2, 0, 0, 0, false);

        broker.owed.remove().completeExceptionally(new ClientException(Reason.STORE_REFUSES, "disk full"));
        broker.owed.remove().complete(null);

        assertThat(failure(first)).isEqualTo(Reason.STORE_REFUSES);
        assertThat(second).isCompleted();
    }

    @Test
    void what_was_not_answered_is_said_again_before_the_consumer_goes_on() {
        ConsumerLink consumer = attach();
        FakeConsumer before = deliverTo(4);
        wire.acknowledgementsAnswered = false;
        CompletableFuture<Void> first = consumer.acknowledge(1, 1, 0, 1, 1, false);
        CompletableFuture<Void> second = consumer.acknowledge(2, 3, 0, 2, 2, false);

        wire.acknowledgementsAnswered = true;
        wire.cut();
        assertThat(first).isNotDone();
        wire.pass(LONG_ENOUGH);

        assertThat(before.calls).containsExactly("acknowledge 1..1 +1");
        // Without credit, which belongs to the epoch of before.
        assertThat(wire.attached.get(0).calls).containsExactly("acknowledge 1..1", "acknowledge 2..3");
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void a_broker_that_knows_of_nothing_is_told_the_places_of_what_was_acknowledged_and_of_what_nobody_saw() {
        ConsumerLink consumer = attach();
        deliverTo(7);
        seen = 4;
        CompletableFuture<Void> answered = consumer.acknowledge(1, 1, 0, 0, 0, false);
        wire.acknowledgementsAnswered = false;
        CompletableFuture<Void> doubtful = consumer.acknowledge(2, 3, 0, 0, 0, false);

        wire.resumes = false;
        wire.cut();
        wire.pass(LONG_ENOUGH);

        FakeConsumer after = wire.attached.get(0);
        assertThat(after.calls)
                .containsExactly("settle 77 ACKNOWLEDGED 0:101..102", "settle 77 SEEN 0:103..103 UNSEEN 0:104..106");
        assertThat(told).endsWith("lost", "restarted anew");
        assertThat(answered).isCompleted();
        assertThat(doubtful).isNotDone();
        after.owed.remove().complete(null);
        assertThat(doubtful).isCompleted();
    }

    @Test
    void a_doubt_is_told_until_it_is_answered_and_what_nobody_saw_only_once() {
        ConsumerLink consumer = attach();
        deliverTo(3);
        seen = 2;
        wire.acknowledgementsAnswered = false;
        CompletableFuture<Void> doubtful = consumer.acknowledge(1, 2, 0, 0, 0, false);
        wire.resumes = false;
        wire.cut();
        wire.pass(LONG_ENOUGH);
        seen = 0;

        wire.resumes = true;
        wire.cut();
        wire.pass(LONG_ENOUGH);

        assertThat(wire.attached.get(0).calls).containsExactly("settle 77 ACKNOWLEDGED 0:100..101");
        wire.attached.get(0).owed.remove().complete(null);
        assertThat(doubtful).isCompleted();
    }

    @Test
    void what_was_given_back_is_neither_acknowledged_nor_unseen() {
        ConsumerLink consumer = attach();
        FakeConsumer broker = deliverTo(4);
        wire.acknowledgementsAnswered = false;
        CompletableFuture<Void> doubtful = consumer.acknowledge(1, 1, 0, 0, 0, false);
        var unused = consumer.release(1, 2, true, 0, 0);
        broker.deliver(0, 5, 0, 104);
        broker.deliver(1, 6, 0, 101);
        seen = 5;

        wire.resumes = false;
        wire.cut();
        wire.pass(LONG_ENOUGH);

        assertThat(wire.attached.get(0).calls)
                .containsExactly("settle 77 ACKNOWLEDGED 0:100..100", "settle 77 UNSEEN 0:101..101");
        assertThat(doubtful).isNotDone();
    }

    @Test
    void an_acknowledgement_fails_when_the_connection_is_given_up_or_closed() {
        ConsumerLink first = attach();
        deliverTo(1);
        wire.acknowledgementsAnswered = false;
        CompletableFuture<Void> closed = first.acknowledge(1, 1, 0, 0, 0, false);
        link.close();
        assertThat(failure(closed)).isEqualTo(Reason.CLOSED);

        link = link(PATIENCE);
        wire.connect();
        ConsumerLink second = attach();
        deliverTo(1);
        CompletableFuture<Void> givenUp = second.acknowledge(1, 1, 0, 0, 0, false);
        wire.closed = false;
        wire.cut();
        wire.listening = null;
        wire.pass(PATIENCE.plus(LONG_ENOUGH));
        assertThat(failure(givenUp)).isEqualTo(Reason.CONNECTION_LOST);
        assertThat(failure(second.acknowledge(2, 2, 0, 0, 0, false))).isEqualTo(Reason.CONNECTION_LOST);
    }

    @Test
    void what_a_closed_consumer_acknowledged_is_lost_with_its_connection() {
        ConsumerLink consumer = attach();
        deliverTo(2);
        wire.acknowledgementsAnswered = false;
        var unused = consumer.detach(2, false);
        CompletableFuture<Void> late = consumer.acknowledge(1, 2, 0, 0, 0, true);
        wire.cut();
        assertThat(failure(late)).isEqualTo(Reason.CONNECTION_LOST);
    }

    @Test
    void what_a_closed_consumer_acknowledges_after_its_connection_was_lost_fails() {
        ConsumerLink consumer = attach();
        deliverTo(2);
        var unused = consumer.detach(2, false);
        wire.cut();
        assertThat(failure(consumer.acknowledge(1, 2, 0, 0, 0, true))).isEqualTo(Reason.CONNECTION_LOST);
    }

    @Test
    void a_consumer_that_has_ended_goes_on_over_no_connection() {
        attach();
        FakeConsumer late = wire.attached.get(0);
        Acknowledgements ended = new Acknowledgements();
        assertThat(ended.end(consumer -> consumer.detach(0, true))).isNull();
        assertThat(ended.resume(late, true, 0, 0)).isFalse();
        assertThat(ended.link()).isNull();
        assertThat(late.calls).isEmpty();
    }

    @Test
    void a_consumer_whose_connection_is_lost_while_it_is_attached_is_attached_once() {
        for (boolean known : new boolean[] {true, false}) {
            wire.attachAnswered = false;
            CompletableFuture<ConsumerLink> consumer = link.attach(wire.home(), SPEC, 0, 0, sink);
            FakeConsumer first = wire.attached.remove(0);
            // The request was written when the connection had ended already, or its answer is read late.
            long unused = first.sink.lost();
            if (known) {
                first.answer.completeExceptionally(new ClientException(Reason.CONNECTION_LOST, "cut"));
            } else {
                first.attachedAs(false);
            }
            wire.attachAnswered = true;
            wire.pass(LONG_ENOUGH);

            assertThat(consumer).isCompleted();
            assertThat(wire.attached).hasSize(1);
            assertThat(told).isEmpty();
            consumer.join().credit(0, 7, 7);
            assertThat(wire.attached.remove(0).calls).containsExactly("credit 0 7");
        }
    }

    @Test
    void a_consumer_that_comes_again_and_is_lost_before_it_is_there_comes_once() {
        attach();
        wire.cut();
        wire.attachAnswered = false;
        wire.pass(LONG_ENOUGH);
        FakeConsumer second = wire.attached.remove(0);
        long unused = second.sink.lost();
        second.answer.completeExceptionally(new ClientException(Reason.CONNECTION_LOST, "cut"));
        wire.attachAnswered = true;
        wire.pass(LONG_ENOUGH);
        assertThat(wire.attached).hasSize(1);
        assertThat(told).containsExactly("lost", "restarted");
    }

    @Test
    void a_consumer_comes_back_as_often_as_it_is_lost() {
        attach();
        for (int i = 0; i < 3; i++) {
            wire.cut();
            wire.pass(LONG_ENOUGH);
        }
        assertThat(told).containsExactly("lost", "restarted", "lost", "restarted", "lost", "restarted");
        assertThat(wire.attached).hasSize(1);
    }

    @Test
    void a_consumer_that_is_lost_while_it_is_attached_again_is_tried_again() {
        attach();
        wire.attachAnswered = false;
        wire.cut();
        wire.pass(LONG_ENOUGH);
        wire.cut();
        wire.attachAnswered = true;
        wire.pass(LONG_ENOUGH);
        assertThat(told).containsExactly("lost", "restarted");
    }

    @Test
    void a_consumer_that_is_closed_while_it_is_lost_does_not_come_back() {
        ConsumerLink consumer = attach();
        wire.cut();
        assertThat(consumer.detach(0, true)).isCompleted();
        wire.pass(PATIENCE.multipliedBy(2));
        assertThat(wire.attached).isEmpty();
        assertThat(told).containsExactly("lost");
        assertThat(lost).isEmpty();
        assertThat(wire.isIdle()).isTrue();
    }

    @Test
    void a_consumer_that_is_closed_while_it_is_attached_again_is_ended_there() {
        ConsumerLink consumer = attach();
        wire.attachAnswered = false;
        wire.cut();
        wire.pass(LONG_ENOUGH);
        var unused = consumer.detach(0, true);
        FakeConsumer stray = wire.attached.get(0);
        stray.attachedAs(true);
        assertThat(stray.calls).containsExactly("detach true");
        assertThat(told).containsExactly("lost");
    }

    @Test
    void a_consumer_that_stays_lost_is_given_up_and_the_owner_told_once() {
        attach();
        attach();
        wire.cut();
        wire.listening = null;
        wire.pass(PATIENCE.plus(LONG_ENOUGH));
        assertThat(lost).hasSize(1);
        assertThat(lost.get(0).reason()).isEqualTo(Reason.CONNECTION_LOST);
        assertThat(lost.get(0)).hasMessageContaining("broker-a").hasMessageContaining("nobody listens");
        assertThat(wire.isIdle()).isTrue();

        assertThat(failure(send(1))).as("nothing waits any more").isEqualTo(Reason.UNREACHABLE);
        assertThat(failure(link.resolve("Orders", DestinationKind.QUEUE, true))).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void without_patience_a_lost_consumer_is_given_up_at_once() {
        link = link(Duration.ZERO);
        attach();
        wire.cut();
        assertThat(told).containsExactly("lost");
        assertThat(lost).hasSize(1);
        assertThat(wire.isIdle()).isTrue();
    }

    // ---- client identifiers

    @Test
    void a_client_identifier_is_taken_with_every_connection_until_it_is_given_back() {
        assertThat(link.clientId("id", "owner", true)).isCompleted();
        attach();
        wire.cut();
        wire.pass(LONG_ENOUGH);
        assertThat(link.clientId("id", "owner", false)).isCompleted();
        wire.cut();
        wire.pass(LONG_ENOUGH);
        assertThat(wire.clientIds).containsExactly("id true", "id true", "id false");
        assertThat(told).containsExactly("lost", "restarted", "lost", "restarted");
    }

    @Test
    void a_consumer_whose_client_identifier_somebody_else_took_is_given_up() {
        assertThat(link.clientId("id", "owner", true)).isCompleted();
        attach();
        wire.clientIdInUse = true;
        wire.cut();
        wire.pass(PATIENCE.plus(LONG_ENOUGH));
        assertThat(told).containsExactly("lost");
        assertThat(lost).hasSize(1);
        assertThat(lost.get(0)).hasMessageContaining("somebody has it");
    }

    @Test
    void giving_a_client_identifier_back_waits_for_no_connection() {
        wire.cut();
        wire.listening = null;
        assertThat(failure(link.clientId("id", "owner", false))).isEqualTo(Reason.UNREACHABLE);
    }

    // ---- questions

    @Test
    void a_question_is_asked_until_there_is_an_answer() {
        HostPort address = wire.listening;
        wire.cut();
        wire.listening = null;
        List<CompletableFuture<?>> questions = List.of(
                link.resolve("Orders", DestinationKind.QUEUE, true),
                link.attach(wire.home(), SPEC, 0, 0, sink),
                link.browse(wire.home(), "Orders", 0, null, 0, 0, 1));
        wire.pass(Duration.ofSeconds(30));
        assertThat(questions).noneMatch(CompletableFuture::isDone);
        wire.listening = address;
        wire.pass(LONG_ENOUGH);
        assertThat(questions).allMatch(question -> question.isDone() && !question.isCompletedExceptionally());
        assertThat(told).isEmpty();
    }

    @Test
    void attempts_become_rarer() {
        wire.cut();
        wire.listening = null;
        var unused = send(1);
        wire.pass(Duration.ofSeconds(1));
        int first = wire.reachCount;
        wire.pass(Duration.ofSeconds(30));
        assertThat(first).isBetween(4, 12);
        assertThat(wire.reachCount - first).isBetween(29, 61);
    }

    @Test
    void a_refusal_is_an_answer() {
        assertThat(failure(link.resolve("Refused", DestinationKind.QUEUE, true)))
                .isEqualTo(Reason.WRONG_KIND);
    }

    @Test
    void opening_does_not_wait() {
        wire.listening = null;
        assertThat(failure(link.open())).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void closing_ends_all_waiting() {
        attach();
        wire.cut();
        wire.listening = null;
        CompletableFuture<Void> held = send(1);
        CompletableFuture<Route> asked = link.resolve("Orders", DestinationKind.QUEUE, true);

        link.close();

        assertThat(failure(held)).isEqualTo(Reason.CLOSED);
        assertThat(failure(asked)).isEqualTo(Reason.CLOSED);
        assertThat(failure(send(2))).isEqualTo(Reason.CLOSED);
        assertThat(failure(link.resolve("Orders", DestinationKind.QUEUE, true))).isEqualTo(Reason.CLOSED);
        assertThat(lost).isEmpty();
    }

    // ---- transactions

    private static final JmsTransaction TRANSACTION = new JmsTransaction("S", 3);

    private CompletableFuture<Void> commit(ConsumerLink... consumers) {
        List<Link.Settled> settled = new ArrayList<>();
        for (ConsumerLink consumer : consumers) {
            settled.add(new Link.Settled(consumer, 1, 2, 2));
        }
        return link.commit(TRANSACTION, wire.home(), 1, settled, true);
    }

    @Test
    void a_commit_that_is_answered_is_asked_for_once() {
        CompletableFuture<Void> commit = commit(attach());
        assertThat(commit).isNotDone();
        wire.commitAnswer.complete(null);

        assertThat(commit).isCompleted();
        assertThat(wire.transactions).containsExactly("commit S/3 1 1");
        assertThat(wire.isIdle()).isTrue();
    }

    @Test
    void a_commit_whose_answer_was_cut_off_has_the_outcome_that_the_broker_says_when_it_can_be_asked() {
        for (Outcome outcome : Outcome.values()) {
            wire.connect();
            CompletableFuture<Void> commit = commit();
            HostPort address = wire.listening;
            wire.listening = null;
            wire.cut();
            wire.pass(LONG_ENOUGH);
            assertThat(commit).as("as long as nobody knows").isNotDone();

            wire.outcome = null;
            wire.listening = address;
            wire.pass(LONG_ENOUGH);
            assertThat(commit).as("as long as the broker does not answer").isNotDone();
            wire.outcome = outcome;
            wire.pass(PATIENCE.minus(LONG_ENOUGH.multipliedBy(3)));

            switch (outcome) {
                case COMMITTED -> assertThat(commit).isCompleted();
                case ROLLED_BACK -> assertThat(failure(commit)).isEqualTo(Reason.TRANSACTION_ROLLED_BACK);
                case UNKNOWN -> assertThat(failure(commit)).isEqualTo(Reason.CONNECTION_LOST);
            }
            assertThat(wire.transactions).as("never asked for a second time").containsExactly("commit S/3 1 0");
            wire.transactions.clear();
        }
    }

    @Test
    void a_commit_is_in_doubt_if_the_broker_cannot_be_asked_in_time() {
        CompletableFuture<Void> commit = commit();
        wire.listening = null;
        wire.cut();
        wire.pass(PATIENCE.plus(LONG_ENOUGH));
        assertThat(failure(commit)).isEqualTo(Reason.CONNECTION_LOST);
        assertThat(wire.isIdle()).isTrue();
    }

    @Test
    void a_commit_of_what_came_over_a_connection_that_is_lost_is_rolled_back_without_asking() {
        ConsumerLink consumer = attach();
        wire.listening = null;
        wire.cut();
        assertThat(failure(commit(consumer))).isEqualTo(Reason.TRANSACTION_ROLLED_BACK);
        assertThat(failure(commit())).isEqualTo(Reason.TRANSACTION_ROLLED_BACK);
        assertThat(wire.transactions).isEmpty();
    }

    @Test
    void a_message_of_a_transaction_is_not_held_for_a_later_connection() {
        wire.listening = null;
        wire.cut();
        assertThat(failure(link.send(TRANSACTION, 2, wire.route(), FakeWire.message(1), false)))
                .isEqualTo(Reason.UNREACHABLE);
        CompletableFuture<Void> reached = link.reach(wire.home());
        assertThat(reached).isNotDone();

        wire.listening = wire.home().address();
        wire.pass(LONG_ENOUGH);
        assertThat(reached).isCompleted();
        assertThat(wire.transactions).isEmpty();
    }

    // ---- temporary destinations

    private Route create(String unique) {
        return link.temporaries()
                .create(unique, DestinationKind.QUEUE, "secret")
                .join();
    }

    @Test
    void temporary_destinations_are_made_again_before_messages_and_consumers() {
        Route route = create("1");
        ConsumerSpec spec = new ConsumerSpec(route.topic(), DestinationKind.QUEUE, null, null, null, null);
        link.attach(wire.home(), spec, 0, 0, sink).join();
        wire.happened.clear();

        wire.cut();
        CompletableFuture<Void> answer = link.send(route, FakeWire.message(1));
        wire.pass(LONG_ENOUGH);

        assertThat(wire.happened).containsExactly("create %TEMP%1", "send 1", "attach %TEMP%1");
        assertThat(answer).isNotDone();
        assertThat(told).containsExactly("lost", "restarted");
    }

    @Test
    void messages_wait_for_temporary_destinations_also_when_somebody_else_has_connected() {
        Route route = create("1");
        HostPort address = wire.listening;
        wire.listening = null;
        wire.cut();
        wire.pass(LONG_ENOUGH);
        wire.happened.clear();

        wire.listening = address;
        wire.connect();
        CompletableFuture<Void> answer = link.send(route, FakeWire.message(1));
        wire.pass(LONG_ENOUGH);

        assertThat(wire.happened).containsExactly("create %TEMP%1", "send 1");
        assertThat(answer).isNotDone();
    }

    @Test
    void who_asks_before_the_next_round_finds_them_there() {
        Route route = create("1");
        wire.happened.clear();
        wire.cut();
        wire.connect();

        ConsumerSpec spec = new ConsumerSpec(route.topic(), DestinationKind.QUEUE, null, null, null, null);
        assertThat(link.attach(wire.home(), spec, 0, 0, sink)).isCompleted();
        assertThat(link.temporaries().requireThere(route)).isCompleted();

        assertThat(wire.happened).containsExactly("create %TEMP%1", "attach %TEMP%1");
        wire.pass(LONG_ENOUGH);
        assertThat(wire.happened).containsExactly("create %TEMP%1", "attach %TEMP%1");
        assertThat(wire.isIdle()).isTrue();
    }

    @Test
    void a_temporary_destination_that_was_deleted_does_not_come_back() {
        Route deleted = create("1");
        create("2");
        assertThat(link.temporaries().delete(deleted)).isCompleted();
        wire.happened.clear();

        wire.cut();
        wire.pass(LONG_ENOUGH);

        assertThat(wire.happened).containsExactly("create %TEMP%2");
    }

    @Test
    void deleting_one_over_the_next_connection_makes_it_first() {
        Route route = create("1");
        wire.cut();

        CompletableFuture<Void> deleted = link.temporaries().delete(route);
        wire.pass(LONG_ENOUGH);

        assertThat(deleted).isCompleted();
        assertThat(wire.temporaries).isEmpty();
        wire.cut();
        wire.pass(LONG_ENOUGH);
        assertThat(wire.temporaries).isEmpty();
        assertThat(wire.isIdle()).isTrue();
    }

    @Test
    void messages_go_on_although_a_temporary_destination_is_refused_and_it_is_tried_until_patience_is_over() {
        create("1");
        wire.cut();
        wire.temporaryRefused = true;
        CompletableFuture<Void> unused = send(1);
        wire.pass(LONG_ENOUGH);
        assertThat(wire.sent).containsExactly(1);
        assertThat(lost).isEmpty();

        wire.pass(PATIENCE);

        assertThat(lost).hasSize(1);
        assertThat(wire.isIdle()).isTrue();
    }

    @Test
    void where_a_temporary_destination_of_another_is_needs_no_question_once_its_broker_is_known() {
        assertThat(failure(link.temporaries().find("nowhere", "1", DestinationKind.TOPIC)))
                .isEqualTo(Reason.NO_SUCH_DESTINATION);
        Route route = link.temporaries()
                .find(FakeWire.BROKER, "1", DestinationKind.TOPIC)
                .join();
        assertThat(route.topic()).isEqualTo("%TEMP%1");
        assertThat(failure(link.temporaries().requireThere(route))).isEqualTo(Reason.NO_SUCH_DESTINATION);

        wire.listening = null;

        assertThat(link.temporaries().find(FakeWire.BROKER, "2", DestinationKind.QUEUE))
                .isCompletedWithValueMatching(found -> found.kind() == DestinationKind.QUEUE);
    }

    @Test
    void a_message_that_was_withdrawn_takes_no_room_from_those_that_wait() {
        wire.listening = null;
        wire.cut();
        for (int i = 0; i < BrokerPath.HELD_COUNT_MAX; i++) {
            CompletableFuture<Void> answer = send(i);
            ((Withdrawable) answer).withdraw();
            assertThat(answer).isCompletedExceptionally();
        }

        CompletableFuture<Void> waiting = send(-1);
        assertThat(waiting).isNotDone();
        wire.listening = wire.home().address();
        wire.pass(LONG_ENOUGH);
        assertThat(wire.sent).containsExactly(-1);
    }

    @Test
    void a_consumer_whose_session_has_no_memory_for_its_loss_is_attached_again() {
        DeliverySink failing = new DeliverySink() {
            @Override
            public void delivered(int epoch, long sequence, int deliveryCount, ByteBuffer records, int at, int bytes) {}

            @Override
            public long lost() {
                throw new OutOfMemoryError("in a test");
            }

            @Override
            public void restarted(boolean resumed) {
                told.add("restarted");
            }
        };
        var unused = link.attach(wire.home(), SPEC, 0, 0, failing);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(wire::cut)).isInstanceOf(OutOfMemoryError.class);

        wire.pass(LONG_ENOUGH);
        assertThat(told).containsExactly("restarted");
    }
}
