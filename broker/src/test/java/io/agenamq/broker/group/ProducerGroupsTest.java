// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProducerGroupsTest {

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final ProducerGroups groups = new ProducerGroups(clock, Duration.ofMinutes(2));
    private final FakeConnection first = new FakeConnection(1);
    private final FakeConnection second = new FakeConnection(2);

    @Test
    void a_producer_is_found_by_the_name_it_has_given_itself() {
        groups.heartbeat("PG", first, "c1", 0, 479);
        groups.heartbeat("PG", second, "c2", 0, 479);

        assertThat(groups.find("c2")).containsSame(second);
        assertThat(groups.find("c3")).isEmpty();
        assertThat(groups.members("PG")).extracting(Member::clientId).containsExactlyInAnyOrder("c1", "c2");
    }

    @Test
    void a_closed_connection_leaves_all_groups_and_an_empty_group_is_gone() {
        groups.heartbeat("PG", first, "c1", 0, 479);
        groups.heartbeat("CLIENT_INNER_PRODUCER", first, "c1", 0, 479);

        groups.connectionClosed(first);

        assertThat(groups.names()).isEmpty();
        assertThat(groups.find("c1")).isEmpty();
    }

    @Test
    void a_client_that_makes_up_groups_is_heard_so_often_and_no_more() {
        for (int i = 0; i < ProducerGroups.COUNT_MAX + 10; i++) {
            groups.heartbeat("PG" + i, first, "c1", 0, 479);
        }
        groups.heartbeat("PG" + "x".repeat(1000), first, "c1", 0, 479);

        assertThat(groups.names()).hasSize(ProducerGroups.COUNT_MAX);

        groups.heartbeat("PG1", second, "c2", 0, 479);
        assertThat(groups.find("c2")).containsSame(second);
    }

    @Test
    void a_silent_producer_is_dropped() {
        groups.heartbeat("PG", first, "c1", 0, 479);
        clock.advance(Duration.ofMinutes(1));
        groups.heartbeat("PG", second, "c2", 0, 479);

        clock.advance(Duration.ofSeconds(61));
        groups.dropSilent();

        assertThat(groups.members("PG")).extracting(Member::clientId).containsExactly("c2");
    }
}
