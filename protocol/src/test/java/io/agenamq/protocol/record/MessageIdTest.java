// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.ManualClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MessageIdTest {

    @Test
    void an_offset_id_has_the_form_that_clients_parse() {
        assertThat(MessageId.encode(host(0x78BF, 127, 0, 0, 1), 0x105)).isEqualTo("7F000001000078BF0000000000000105");
        assertThat(MessageId.encode(host(10911, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 5))
                .isEqualTo("0000000000000000000000000000000100002A9F0000000000000005");
    }

    @Test
    void an_offset_id_comes_back() {
        MessageId id = new MessageId(host(10911, 10, 1, 2, 3), 1L << 40);

        assertThat(MessageId.parse(id.toString())).isEqualTo(id);
        assertThat(MessageId.parse(id.toString().toLowerCase(Locale.ROOT))).isEqualTo(id);
    }

    @Test
    void other_text_is_no_offset_id() {
        for (String text : new String[] {
            "", "7F", "x".repeat(32), "F".repeat(32), "7F000001FFFFFFFF0000000000000105", "1".repeat(10_000)
        }) {
            assertThatThrownBy(() -> MessageId.parse(text)).isInstanceOf(MalformedRecordException.class);
        }
    }

    @Test
    void unique_keys_differ_and_have_the_form_of_a_client_s() {
        ManualClock clock = new ManualClock(Instant.parse("2026-11-30T23:59:59.999Z"));
        UniqueKeys keys = new UniqueKeys(host(0, 127, 0, 0, 1).getAddress(), 0x12345, 0xCAFE, clock);

        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            assertThat(seen.add(keys.next())).isTrue();
        }
        clock.advance(Duration.ofMillis(6));

        assertThat(seen).contains("7F0000012345" + "0000CAFE" + "9A7EC7FF" + "0000");
        assertThat(keys.next()).isEqualTo("7F0000012345" + "0000CAFE" + "00000005" + "03E8");
    }

    private static InetSocketAddress host(int port, int... address) {
        byte[] bytes = new byte[address.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) address[i];
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
