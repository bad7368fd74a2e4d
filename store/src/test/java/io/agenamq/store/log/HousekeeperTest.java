// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HousekeeperTest {

    private static final Duration NEVER = Duration.ofDays(1);

    private final ConcurrentLinkedQueue<String> bugs = new ConcurrentLinkedQueue<>();

    @Test
    void it_works_when_it_is_woken_and_not_only_at_the_end_of_its_interval() throws Exception {
        CountDownLatch worked = new CountDownLatch(1);
        try (Housekeeper housekeeper =
                new Housekeeper(NEVER, List.of(worked::countDown), (what, cause) -> bugs.add(what))) {
            housekeeper.start();

            housekeeper.wake();

            assertThat(worked.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(bugs).isEmpty();
    }

    @Test
    void a_wake_before_the_start_is_not_forgotten() throws Exception {
        CountDownLatch worked = new CountDownLatch(1);
        try (Housekeeper housekeeper =
                new Housekeeper(NEVER, List.of(worked::countDown), (what, cause) -> bugs.add(what))) {
            housekeeper.wake();

            housekeeper.start();

            assertThat(worked.await(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void an_error_ends_the_round_and_is_reported_and_the_next_round_comes() throws Exception {
        Semaphore rounds = new Semaphore(0);
        Runnable broken = () -> {
            throw new OutOfMemoryError("Java heap space");
        };
        try (Housekeeper housekeeper =
                new Housekeeper(NEVER, List.of(rounds::release, broken), (what, cause) -> bugs.add(what))) {
            housekeeper.start();
            for (int round = 1; round <= 2; round++) {
                housekeeper.wake();

                assertThat(rounds.tryAcquire(1, TimeUnit.MINUTES))
                        .as("round %d", round)
                        .isTrue();
            }
        }
        assertThat(bugs).contains("the housekeeper failed");
    }
}
