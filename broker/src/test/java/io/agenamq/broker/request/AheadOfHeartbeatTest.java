// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AheadOfHeartbeatTest {

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final AheadOfHeartbeat aheads = new AheadOfHeartbeat(clock);

    @Test
    void a_consumer_that_is_still_ahead_when_it_comes_again_has_sent_no_heartbeat() {
        assertThat(aheads.isLasting("G", "T", 7)).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(aheads.isLasting("G", "T", 7)).isFalse();

        clock.advance(Duration.ofSeconds(2));

        assertThat(aheads.isLasting("G", "T", 7)).isTrue();
        assertThat(aheads.isLasting("G", "other", 7)).isFalse();
    }

    @Test
    void a_newer_version_and_a_heartbeat_start_the_wait_afresh() {
        aheads.isLasting("G", "T", 7);
        clock.advance(Duration.ofSeconds(3));

        assertThat(aheads.isLasting("G", "T", 8)).isFalse();
        clock.advance(Duration.ofSeconds(3));
        aheads.known("G", "T", 7);
        assertThat(aheads.isLasting("G", "T", 8)).isTrue();
        aheads.known("G", "T", 8);
        assertThat(aheads.isLasting("G", "T", 8)).isFalse();
    }
}
