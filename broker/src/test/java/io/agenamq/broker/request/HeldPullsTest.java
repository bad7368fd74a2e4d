// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeldPullsTest {

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final AtomicLong end = new AtomicLong();
    private final HeldPulls<String> held = new HeldPulls<>(queue -> end.get(), clock);
    private final List<String> woken = new ArrayList<>();

    @Test
    void an_arrival_wakes_the_pulls_of_its_queue_that_wait_for_it() {
        held.hold("a", pull("first", 0));
        held.hold("a", pull("further", 5));
        held.hold("b", pull("other", 0));

        held.arrived("a", 1);

        assertThat(woken).containsExactly("first arrived");
        assertThat(held.count()).isEqualTo(2);
    }

    @Test
    void a_pull_that_comes_after_the_message_is_woken_at_once() {
        end.set(1);

        held.hold("a", pull("late", 0));

        assertThat(woken).containsExactly("late arrived");
        assertThat(held.count()).isZero();
    }

    @Test
    void a_pull_is_woken_when_its_time_is_up_and_not_before() {
        held.hold("a", pull("patient", 0));

        clock.advance(Duration.ofSeconds(14));
        held.expire();
        assertThat(woken).isEmpty();

        clock.advance(Duration.ofSeconds(1));
        held.expire();
        assertThat(woken).containsExactly("patient expired");
        assertThat(held.count()).isZero();
    }

    @Test
    void a_removed_queue_releases_its_pulls() {
        held.hold("a", pull("one", 0));
        held.hold("a", pull("two", 0));

        held.releaseIf("a"::equals);

        assertThat(woken).containsExactly("one expired", "two expired");
    }

    @Test
    void arrivals_and_holds_that_race_wake_every_pull_exactly_once() throws Exception {
        int count = 3_000;
        AtomicInteger wakeUps = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        Thread appender = new Thread(() -> {
            await(go);
            for (int i = 1; i <= count; i++) {
                end.set(i);
                held.arrived("a", i);
            }
        });
        appender.start();
        go.countDown();
        for (int i = 0; i < count; i++) {
            held.hold("a", new FixedPull(i, Long.MAX_VALUE / 2, expired -> wakeUps.incrementAndGet()));
        }
        appender.join();

        assertThat(wakeUps).hasValue(count);
        assertThat(held.count()).isZero();
    }

    private HeldPulls.HeldPull pull(String name, long offset) {
        return new FixedPull(
                offset,
                clock.getAsLong() + Duration.ofSeconds(15).toNanos(),
                expired -> woken.add(name + (expired ? " expired" : " arrived")));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private record FixedPull(long offset, long deadlineNanos, java.util.function.Consumer<Boolean> woken)
            implements HeldPulls.HeldPull {
        @Override
        public void wake(boolean expired) {
            woken.accept(expired);
        }
    }
}
