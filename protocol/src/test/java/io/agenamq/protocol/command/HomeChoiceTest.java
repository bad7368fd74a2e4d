// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HomeChoiceTest {

    private static final List<String> THREE = List.of("broker-a", "broker-b", "broker-c");
    private static final int NAMES = 3000;

    @Test
    void names_spread_evenly() {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < NAMES; i++) {
            counts.merge(HomeChoice.of("Orders" + i, THREE), 1, Integer::sum);
        }
        assertThat(counts).containsOnlyKeys(THREE);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(850, 1150));
    }

    @Test
    void the_order_in_which_brokers_are_known_does_not_matter() {
        for (int i = 0; i < NAMES; i++) {
            String name = "Orders" + i;
            assertThat(HomeChoice.of(name, List.of("broker-c", "broker-a", "broker-b")))
                    .isEqualTo(HomeChoice.of(name, THREE));
        }
    }

    @Test
    void several_are_different_brokers_and_the_first_is_the_one() {
        for (int i = 0; i < NAMES; i++) {
            String name = "Orders" + i;
            assertThat(HomeChoice.of(name, THREE, 2)).doesNotHaveDuplicates().startsWith(HomeChoice.of(name, THREE));
        }
        assertThat(HomeChoice.of("Orders", THREE, 3)).containsExactlyInAnyOrderElementsOf(THREE);
    }

    @Test
    void a_broker_more_changes_only_what_it_gets() {
        List<String> four = List.of("broker-a", "broker-b", "broker-c", "broker-d");
        for (int i = 0; i < NAMES; i++) {
            String name = "Orders" + i;
            assertThat(HomeChoice.of(name, four)).isIn(HomeChoice.of(name, THREE), "broker-d");
        }
    }
}
