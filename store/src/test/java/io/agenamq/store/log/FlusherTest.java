// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FlusherTest {

    private final Target target = new Target();
    private final Flusher flusher =
            new Flusher(target, Duration.ofHours(1), (what, cause) -> target.events.add("bug " + what), 100);

    @Test
    void what_arrives_during_a_force_is_in_the_next() {
        target.written = 200;
        await(200);
        target.duringForce = () -> {
            target.written = 300;
            await(300);
            await(250);
        };

        flusher.flushOnce();
        target.duringForce = () -> {};
        flusher.flushOnce();

        assertThat(target.events)
                .containsExactly(
                        "force 100 200", "200 durable 200", "force 200 300", "300 durable 300", "250 durable 300");
    }

    @Test
    void waiters_that_share_a_force_are_answered_in_the_order_they_came() {
        target.written = 500;
        for (int i = 0; i < 400; i++) {
            await(101 + i);
        }

        flusher.flushOnce();

        assertThat(target.events).hasSize(401).startsWith("force 100 500", "101 durable 500", "102 durable 500");
        assertThat(target.events.get(400)).isEqualTo("500 durable 500");
    }

    @Test
    void who_waits_for_what_is_durable_is_answered_at_once() {
        await(100);
        await(7);

        assertThat(target.events).containsExactly("100 durable 100", "7 durable 100");
    }

    @Test
    void nobody_overtakes_who_came_before() {
        target.written = 200;
        await(200);
        target.onEvent = event -> {
            if (event.equals("150 durable 200")) {
                // Durable already, but 200 has not been told yet.
                await(180);
            }
        };
        await(150);
        await(200);

        flusher.flushOnce();
        flusher.flushOnce();

        assertThat(target.events)
                .containsExactly(
                        "force 100 200", "200 durable 200", "150 durable 200", "200 durable 200", "180 durable 200");
    }

    @Test
    void who_waits_for_more_than_is_written_goes_on_waiting() {
        target.written = 200;
        await(300);
        await(200);

        flusher.flushOnce();
        assertThat(target.events).containsExactly("force 100 200", "200 durable 200");
        target.written = 300;
        flusher.flushOnce();

        assertThat(target.events).endsWith("force 200 300", "300 durable 300");
    }

    @Test
    void the_first_failed_force_is_the_last_one() {
        target.written = 200;
        target.failure = new IOException("broken disk");
        await(200);

        assertThat(flusher.flushOnce()).isFalse();
        target.failure = null;
        assertThat(flusher.flushOnce()).isFalse();
        await(150);
        await(100);

        String reason = "the log could not be forced between positions 100 and 200: broken disk";
        assertThat(target.events)
                .containsExactly(
                        "force 100 200",
                        "target failed " + reason,
                        "200 failed " + reason,
                        "150 failed " + reason,
                        "100 durable 100");
    }

    @Test
    void giving_up_answers_everybody_without_a_force() {
        target.written = 200;
        await(200);

        flusher.giveUp("closed");

        assertThat(flusher.flushOnce()).isFalse();
        assertThat(target.events).containsExactly("200 failed closed");
    }

    @Test
    void a_waiter_that_throws_is_a_bug_and_the_others_get_their_answers() {
        target.written = 200;
        flusher.whenDurable(150, new PositionWaiter() {
            @Override
            public void durable(long durablePosition) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void failed(String reason) {}
        });
        await(200);

        flusher.flushOnce();

        assertThat(target.events)
                .containsExactly("force 100 200", "bug a waiter for a durable position has thrown", "200 durable 200");
    }

    @Test
    void the_thread_forces_as_soon_as_somebody_waits() throws Exception {
        flusher.start();
        for (int i = 0; i < 200; i++) {
            CountDownLatch answered = new CountDownLatch(1);
            target.written = 110 + 10L * i;
            flusher.whenDurable(target.written, new PositionWaiter() {
                @Override
                public void durable(long durablePosition) {
                    answered.countDown();
                }

                @Override
                public void failed(String reason) {}
            });
            assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
        }
        flusher.stop();
    }

    @Test
    void the_thread_forces_without_waiters_once_per_interval() throws Exception {
        CountDownLatch forced = new CountDownLatch(1);
        target.duringForce = forced::countDown;
        target.written = 200;
        Flusher often = new Flusher(target, Duration.ofMillis(1), (what, cause) -> {}, 100);

        often.start();

        assertThat(forced.await(30, TimeUnit.SECONDS)).isTrue();
        often.stop();
        assertThat(often.durablePosition()).isEqualTo(200);
    }

    private void await(long position) {
        flusher.whenDurable(position, waiter(position));
    }

    private PositionWaiter waiter(long position) {
        return new PositionWaiter() {
            @Override
            public void durable(long durablePosition) {
                target.event(position + " durable " + durablePosition);
            }

            @Override
            public void failed(String reason) {
                target.event(position + " failed " + reason);
            }
        };
    }

    private static final class Target implements Flusher.Target {
        final List<String> events = new ArrayList<>();
        volatile long written = 100;
        IOException failure;
        Runnable duringForce = () -> {};
        Consumer<String> onEvent = event -> {};

        void event(String event) {
            events.add(event);
            onEvent.accept(event);
        }

        @Override
        public long writtenPosition() {
            return written;
        }

        @Override
        public void force(long from, long to) throws IOException {
            events.add("force " + from + " " + to);
            duringForce.run();
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void forceFailed(String reason) {
            events.add("target failed " + reason);
        }
    }
}
