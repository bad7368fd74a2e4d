// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class StateValuesTest {

    @Test
    void what_was_put_is_read_back() {
        Seeds.forEach(200, random -> {
            long[] counts = random.longs(20, 0, Long.MAX_VALUE)
                    .map(value -> value >>> random.nextInt(63))
                    .toArray();
            PayloadOutput out = new PayloadOutput();
            for (long count : counts) {
                out.putCount(count);
            }
            out.putByte(200);
            out.putInt(-5);
            out.putLong(Long.MIN_VALUE);
            out.putText("Größe ✓");

            StateInput in = new StateInput(out.payload());

            for (long count : counts) {
                assertThat(in.getCount()).isEqualTo(count);
            }
            assertThat(in.getByte()).isEqualTo(200);
            assertThat(in.getInt()).isEqualTo(-5);
            assertThat(in.getLong()).isEqualTo(Long.MIN_VALUE);
            assertThat(in.getText()).isEqualTo("Größe ✓");
            assertThat(in.atEnd()).isTrue();
        });
    }

    @Test
    void the_largest_count_takes_nine_bytes() {
        PayloadOutput out = new PayloadOutput();

        out.putCount(Long.MAX_VALUE);

        assertThat(out.length()).isEqualTo(StateInput.COUNT_BYTES_MAX);
        assertThat(new StateInput(out.payload()).getCount()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void a_length_beyond_the_bytes_is_refused_before_anything_is_allocated() {
        PayloadOutput out = new PayloadOutput();
        out.putCount(Integer.MAX_VALUE);

        assertThatThrownBy(() -> new StateInput(out.payload()).getBytes()).isInstanceOf(CorruptStateException.class);
        assertThatThrownBy(() -> new StateInput(out.payload()).getCount(8)).isInstanceOf(CorruptStateException.class);
    }

    @Test
    void a_count_that_does_not_end_is_refused() {
        byte[] bytes = new byte[20];
        java.util.Arrays.fill(bytes, (byte) 0xFF);

        assertThatThrownBy(() -> new StateInput(ByteBuffer.wrap(bytes)).getCount())
                .isInstanceOf(CorruptStateException.class);
    }

    @Test
    void any_bytes_are_read_or_refused() {
        Seeds.forEach(2000, random -> {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            StateInput in = new StateInput(ByteBuffer.wrap(bytes));
            try {
                while (!in.atEnd()) {
                    switch (random.nextInt(5)) {
                        case 0 -> in.getCount();
                        case 1 -> in.getText();
                        case 2 -> in.getInt();
                        case 3 -> in.getLong();
                        default -> in.getCount(1 + random.nextInt(9));
                    }
                }
            } catch (CorruptStateException expected) {
                assertThat(expected).hasMessageNotContaining("null");
            }
        });
    }
}
