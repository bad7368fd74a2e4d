// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.admin.cli.LoadRun.Outcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class LoadRunTest {
    private static final long MILLISECOND = 1_000_000;

    @Test
    void every_message_that_was_due_during_a_stall_is_late() {
        LoadRun run = new LoadRun(1, 1000, Duration.ZERO, Duration.ofSeconds(1));
        AtomicBoolean stalled = new AtomicBoolean();

        Outcome outcome = run.send(() -> sender(intended -> {
            if (stalled.compareAndSet(false, true)) {
                pause(300 * MILLISECOND);
            }
        }));

        // The message that met the stall, and those due in the 200 ms behind it, waited at least 100 ms. A slow machine
        // only adds to them.
        assertThat(outcome.latencies().getTotalCount()).isEqualTo(1000);
        assertThat(countAbove(outcome, 100 * MILLISECOND)).isGreaterThanOrEqualTo(195);
    }

    @Test
    void the_producers_share_the_schedule() {
        LoadRun run = new LoadRun(4, 400, Duration.ZERO, Duration.ofMillis(500));
        AtomicInteger sent = new AtomicInteger();

        Outcome outcome = run.send(() -> sender(intended -> sent.incrementAndGet()));

        assertThat(sent).hasValue(200);
        assertThat(outcome.latencies().getTotalCount()).isEqualTo(200);
        assertThat(outcome.gaveUp()).isFalse();
    }

    @Test
    void the_warm_up_is_sent_but_not_measured() {
        LoadRun run = new LoadRun(1, 200, Duration.ofMillis(500), Duration.ofMillis(500));
        AtomicInteger sent = new AtomicInteger();

        Outcome outcome = run.send(() -> sender(intended -> sent.incrementAndGet()));

        assertThat(sent).hasValue(200);
        assertThat(outcome.latencies().getTotalCount()).isEqualTo(100);
    }

    @Test
    void a_schedule_that_cannot_be_met_is_given_up() {
        LoadRun run = new LoadRun(1, 10_000, Duration.ZERO, Duration.ofMillis(200), Duration.ofMillis(100));

        Outcome outcome = run.send(() -> sender(intended -> pause(20 * MILLISECOND)));

        assertThat(outcome.gaveUp()).isTrue();
        assertThat(outcome.latencies().getTotalCount()).isLessThan(2000);
    }

    @Test
    void without_a_rate_the_producers_send_as_fast_as_they_can() {
        LoadRun run = new LoadRun(1, 0, Duration.ZERO, Duration.ofMillis(200));

        Outcome outcome = run.send(() -> sender(intended -> {}));

        assertThat(outcome.latencies().getTotalCount()).isGreaterThan(1000);
    }

    @Test
    void a_failed_send_ends_the_run_with_its_reason() {
        LoadRun run = new LoadRun(2, 100, Duration.ZERO, Duration.ofSeconds(10));

        assertThatThrownBy(() -> run.send(() -> sender(intended -> {
                    throw new CliFailure("the broker is gone");
                })))
                .hasMessage("the broker is gone");
    }

    private static long countAbove(Outcome outcome, long nanos) {
        return outcome.latencies()
                .getCountBetweenValues(nanos, outcome.latencies().getMaxValue());
    }

    private static LoadRun.Sender sender(LongConsumer send) {
        return new LoadRun.Sender() {
            @Override
            public void send(long intendedNanos) {
                send.accept(intendedNanos);
            }

            @Override
            public void close() {}
        };
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
