// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordScanTest {

    private final RecordScan scan = new RecordScan();

    @Test
    void a_plain_message_has_the_defaults() {
        scan(Map.of());

        assertThat(scan.tagHash()).isZero();
        assertThat(scan.entryFlags()).isZero();
        assertThat(scan.priority()).isEqualTo(4);
        assertThat(scan.expiry()).isZero();
        assertThat(scan.deliverAt()).isZero();
        assertThat(scan.groupHash()).isZero();
        assertThat(scan.keysLength()).isZero();
        assertThat(scan.uniqueKeyLength()).isZero();
    }

    @Test
    void everything_that_delivery_and_filters_need_is_found_in_one_pass() {
        scan(Map.of(
                "TAGS", "TagA",
                "KEYS", "k1 k2",
                "UNIQ_KEY", "7F0000010A2F",
                "JMSPriority", "9",
                "JMSExpiration", "1700000000123",
                "JMSDeliveryTime", "1600000000456",
                "JMSDeliveryMode", "NON_PERSISTENT",
                "JMSXGroupID", "orders-7"));

        assertThat(scan.tagHash()).isEqualTo("TagA".hashCode());
        assertThat(scan.entryFlags()).isEqualTo(QueueEntry.TAGGED | QueueEntry.GROUPED | QueueEntry.NON_PERSISTENT);
        assertThat(scan.priority()).isEqualTo(9);
        assertThat(scan.expiry()).isEqualTo(1700000000123L);
        assertThat(scan.deliverAt()).isEqualTo(1600000000456L);
        assertThat(scan.groupHash()).isEqualTo("orders-7".hashCode());
        assertThat(text(scan.keysStart(), scan.keysLength())).isEqualTo("k1 k2");
        assertThat(text(scan.uniqueKeyStart(), scan.uniqueKeyLength())).isEqualTo("7F0000010A2F");
        assertThat(scan.storeTime()).isEqualTo(TestRecords.STORE_TIME);
        assertThat(scan.queueId()).isEqualTo(3);
        assertThat(scan.queueOffset()).isEqualTo(17);
    }

    @Test
    void a_sharding_key_is_a_group_too() {
        scan(Map.of("__SHARDINGKEY", "c42"));

        assertThat(scan.groupHash()).isEqualTo("c42".hashCode());
        assertThat(scan.entryFlags()).isEqualTo(QueueEntry.GROUPED);
    }

    @Test
    void what_is_no_number_counts_as_absent() {
        for (String text : new String[] {"high", "-1", "1.5", "99999999999999999999999999", " 3"}) {
            scan(Map.of("JMSPriority", text, "JMSExpiration", text));

            assertThat(scan.priority()).as(text).isEqualTo(4);
            assertThat(scan.expiry()).as(text).isZero();
        }
    }

    @Test
    void a_priority_above_nine_is_nine() {
        scan(Map.of("JMSPriority", "200"));

        assertThat(scan.priority()).isEqualTo(9);
    }

    @Test
    void nothing_of_the_record_before_is_left() {
        scan(Map.of("TAGS", "a", "KEYS", "k", "JMSPriority", "1", "JMSXGroupID", "g"));

        a_plain_message_has_the_defaults();
    }

    private void scan(Map<String, String> properties) {
        scan.reset(TestRecords.encode("T", 3, 17, 4711, properties), 0);
    }

    private String text(int start, int length) {
        byte[] bytes = new byte[length];
        scan.buffer().get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
