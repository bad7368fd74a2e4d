// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.MessageQueue;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class QueueLocksTest {

    private static final MessageQueue QUEUE = new MessageQueue("T", "broker-a", 0);

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final QueueLocks locks = new QueueLocks(clock);

    @Test
    void a_queue_is_locked_by_one_client_of_a_group_at_a_time() {
        assertThat(locks.tryLock("G", QUEUE, "one")).isTrue();
        assertThat(locks.tryLock("G", QUEUE, "two")).isFalse();
        assertThat(locks.tryLock("other group", QUEUE, "two")).isTrue();
        assertThat(locks.tryLock("G", new MessageQueue("T", "broker-a", 1), "two"))
                .isTrue();
    }

    @Test
    void a_lock_that_is_renewed_never_ends_and_one_that_is_not_ends_after_a_minute() {
        locks.tryLock("G", QUEUE, "one");
        clock.advance(Duration.ofSeconds(50));
        assertThat(locks.tryLock("G", QUEUE, "one")).isTrue();

        clock.advance(Duration.ofSeconds(50));
        assertThat(locks.tryLock("G", QUEUE, "two")).isFalse();

        clock.advance(Duration.ofSeconds(11));
        assertThat(locks.tryLock("G", QUEUE, "two")).isTrue();
        assertThat(locks.tryLock("G", QUEUE, "one")).isFalse();
    }

    @Test
    void however_many_locks_are_asked_for_only_so_many_are_held_and_those_can_be_renewed() {
        for (int i = 0; i < QueueLocks.COUNT_MAX; i++) {
            assertThat(locks.tryLock("G", new MessageQueue("T", "broker-a", i), "one"))
                    .isTrue();
        }

        assertThat(locks.tryLock("G", new MessageQueue("T", "broker-a", QueueLocks.COUNT_MAX), "one"))
                .isFalse();

        assertThat(locks.tryLock("G", QUEUE, "one")).isTrue();
        clock.advance(Duration.ofSeconds(61));
        locks.forgetExpired();
        assertThat(locks.tryLock("G", new MessageQueue("T", "broker-a", QueueLocks.COUNT_MAX), "one"))
                .isTrue();
    }

    @Test
    void only_the_owner_unlocks() {
        locks.tryLock("G", QUEUE, "one");

        locks.unlock("G", QUEUE, "two");
        assertThat(locks.tryLock("G", QUEUE, "two")).isFalse();

        locks.unlock("G", QUEUE, "one");
        assertThat(locks.tryLock("G", QUEUE, "two")).isTrue();
    }

    @Test
    void a_client_that_leaves_gives_everything_back() {
        locks.tryLock("G", QUEUE, "one");

        locks.unlockAll("G", "one");

        assertThat(locks.isAnyHeld("G")).isFalse();
        assertThat(locks.tryLock("G", QUEUE, "two")).isTrue();
    }

    @Test
    void a_group_consumes_in_order_while_it_holds_a_lock_that_has_not_ended() {
        locks.tryLock("G", QUEUE, "one");
        assertThat(locks.isAnyHeld("G")).isTrue();

        clock.advance(Duration.ofSeconds(61));

        assertThat(locks.isAnyHeld("G")).isFalse();
    }
}
