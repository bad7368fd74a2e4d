// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.ConsumeFromWhere;
import io.agenamq.protocol.command.ConsumeType;
import io.agenamq.protocol.command.MessageModel;
import io.agenamq.protocol.command.SubscriptionData;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConsumerGroupsTest {

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final List<String> told = new ArrayList<>();
    private final ConsumerGroups groups = new ConsumerGroups(
            clock,
            Duration.ofMinutes(2),
            (group, now, left) ->
                    told.add((now == null ? "nobody" : String.join(",", now.clientIds())) + " left=" + left));

    private final FakeConnection first = new FakeConnection(1);
    private final FakeConnection second = new FakeConnection(2);

    @Test
    void a_new_member_is_told_once_and_a_repeated_heartbeat_is_not() {
        assertThat(beat(first, "c1", subscription("T", "*", 1))).isTrue();
        assertThat(beat(first, "c1", subscription("T", "*", 1))).isFalse();

        assertThat(told).containsExactly("c1 left=[]");
    }

    @Test
    void members_come_and_go() {
        beat(first, "c1", subscription("T", "*", 1));
        beat(second, "c2", subscription("T", "*", 1));
        groups.leave("G", first);
        groups.connectionClosed(second);

        assertThat(told).containsExactly("c1 left=[]", "c1,c2 left=[]", "c2 left=[c1]", "nobody left=[c2]");
        assertThat(groups.get("G")).isNull();
    }

    @Test
    void a_member_that_falls_silent_is_dropped_and_one_that_speaks_stays() {
        beat(first, "c1", subscription("T", "*", 1));
        beat(second, "c2", subscription("T", "*", 1));
        clock.advance(Duration.ofSeconds(119));
        beat(second, "c2", subscription("T", "*", 1));
        told.clear();

        clock.advance(Duration.ofSeconds(2));
        groups.dropSilent();

        assertThat(told).containsExactly("c2 left=[c1]");
    }

    @Test
    void a_newer_subscription_replaces_the_older_and_topics_that_are_no_longer_listed_go() {
        beat(first, "c1", subscription("T", "a", 1), subscription("U", "*", 1));

        assertThat(beat(first, "c1", subscription("T", "b", 2))).isTrue();

        assertThat(groups.get("G").subscriptions()).containsOnlyKeys("T");
        assertThat(groups.get("G").subscription("T").data().subString()).isEqualTo("b");
    }

    @Test
    void an_older_subscription_is_not_taken() {
        beat(first, "c1", subscription("T", "new", 2));
        told.clear();

        assertThat(beat(first, "c1", subscription("T", "old", 1))).isFalse();

        assertThat(groups.get("G").subscription("T").data().subString()).isEqualTo("new");
        assertThat(told).isEmpty();
    }

    @Test
    void a_client_that_reconnects_is_a_member_of_its_own_until_the_old_connection_is_gone() {
        beat(first, "c1", subscription("T", "*", 1));
        beat(second, "c1", subscription("T", "*", 1));

        assertThat(groups.get("G").clientIds()).containsExactly("c1");
        groups.connectionClosed(first);
        assertThat(groups.get("G").clientIds()).containsExactly("c1");
    }

    @Test
    void an_empty_group_is_found_by_nobody() {
        assertThat(groups.get("G")).isNull();
        assertThat(groups.all()).isEmpty();
        assertThat(groups.member("G", "c1")).isEmpty();
        groups.leave("G", first);
        assertThat(told).isEmpty();
    }

    private boolean beat(FakeConnection connection, String clientId, Subscription... subscriptions) {
        return groups.heartbeat(new ConsumerGroups.Heartbeat(
                "G",
                ConsumeType.CONSUME_PASSIVELY,
                MessageModel.CLUSTERING,
                ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET,
                connection,
                clientId,
                0,
                479,
                Arrays.asList(subscriptions)));
    }

    private static Subscription subscription(String topic, String expression, long version) {
        return new Subscription(
                new SubscriptionData(topic, expression, Set.of(), Set.of(), version, "TAG", false), MessageFilter.ALL);
    }
}
