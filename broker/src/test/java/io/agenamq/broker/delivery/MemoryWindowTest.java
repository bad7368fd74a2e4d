// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.cursor.Cursor;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.queue.MemoryBudget;
import io.agenamq.store.queue.MemoryQueue;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Two subscriptions of a temporary topic. */
class MemoryWindowTest {

    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);
    private static final String TOPIC = "T";

    private final MemoryQueue queue = new MemoryQueue(TOPIC, 1 << 20, new MemoryBudget(1 << 20));
    private final MemoryWindow one = window();
    private final MemoryWindow other = window();

    private MemoryWindow window() {
        return new MemoryWindow(queue, new Cursor(0, new CursorName(TOPIC, 0, "non-durable"), queue.join()));
    }

    private void send() {
        MessageDraft draft = new MessageDraft(
                TOPIC, 0, 0, 0, 1, HERE, 0, 0, ByteBuffer.allocate(0), ByteBuffer.wrap(new byte[] {1}));
        ByteBuffer record = ByteBuffer.allocate(MessageRecord.bytesMax(draft));
        int length = MessageRecord.encode(draft, HERE, record, 0);
        queue.append(record.slice(0, length), 1);
    }

    private static void acknowledge(MemoryWindow window, long offset) {
        window.settle(offset);
        window.cursor().apply(window.progress());
        window.applied();
    }

    @Test
    void what_is_acknowledged_after_the_end_of_its_subscription_is_kept_for_the_others() {
        send();
        one.take(0);

        one.ended();
        acknowledge(one, 0);

        assertThat(queue.minOffset()).isZero();
        acknowledge(other, 0);
        assertThat(queue.minOffset()).isEqualTo(1);
    }

    @Test
    void what_a_transaction_has_settled_after_the_end_of_the_subscription_is_kept_for_the_others() {
        send();
        one.hold(0);

        one.ended();
        one.settledElsewhere(0);

        assertThat(queue.minOffset()).isZero();
    }
}
