// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PropertyIndexTest {

    private static final int NAMES = 60;
    private static final InetSocketAddress HOST = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);

    private final PropertyIndex index = new PropertyIndex();

    @Test
    void nothing_is_found_before_there_is_a_record() {
        assertThat(index.count()).isZero();
        assertThat(index.find("TAGS")).isNull();
    }

    @Test
    void every_property_is_found_as_a_walk_finds_it_however_many_there_are() {
        Seeds.forEach(200, random -> {
            ByteBuffer record = record(random);

            index.reset(record, 0);

            for (int n = 0; n <= NAMES; n++) {
                assertThat(index.find("n" + n)).isEqualTo(MessageProperties.findInRecord(record, 0, "n" + n));
            }
            MessageProperties walk = new MessageProperties().resetToRecord(record, 0);
            for (int i = 0; i < index.count(); i++) {
                assertThat(walk.next()).isTrue();
                assertThat(index.name(i)).isEqualTo(walk.name());
                assertThat(index.value(i)).isEqualTo(walk.value());
            }
            assertThat(walk.next()).isFalse();
        });
    }

    /** Names occur more than once. */
    private static ByteBuffer record(Random random) {
        MessageProperties.Builder properties = new MessageProperties.Builder();
        for (int i = random.nextInt(NAMES); i > 0; i--) {
            properties.put("n" + random.nextInt(NAMES), "value " + random.nextInt());
        }
        MessageDraft draft =
                new MessageDraft("t", 0, 0, 0, 0, HOST, 0, 0, properties.build(), ByteBuffer.wrap(new byte[7]));
        ByteBuffer record = ByteBuffer.allocate(MessageRecord.bytesMax(draft));
        MessageRecord.encode(draft, HOST, record, 0);
        return record;
    }
}
