// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = Ledger.ofFirst(3);

    @Test
    void each_once_is_no_complaint() {
        arrive(2, 0, 1);

        assertThat(ledger.complaint()).isNull();
        assertThat(ledger.count()).isEqualTo(3);
    }

    @Test
    void a_missing_order_is_named() {
        arrive(0, 2);

        assertThat(ledger.complaint()).isEqualTo("2 of 3 orders arrived, 1 are missing (the first is order 1)");
    }

    @Test
    void a_doubled_order_is_named() {
        arrive(0, 1, 1, 2);

        assertThat(ledger.complaint()).isEqualTo("all 3 orders arrived, but 1 of them twice (the first is order 1)");
    }

    @Test
    void an_order_that_should_not_arrive_is_named() {
        arrive(0, 1, 2, 7);

        assertThat(ledger.complaint()).isEqualTo("1 orders arrived that should not have (the first is order 7)");
    }

    private void arrive(int... orders) {
        for (int order : orders) {
            ledger.arrive(order);
        }
    }
}
