// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.MemoryQueue.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MemoryQueueTest {

    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);
    private static final long NOW = 1_000_000;
    private static final int BYTES_MAX = 4096;

    private final MemoryBudget budget = new MemoryBudget(2L * BYTES_MAX);
    private final MemoryQueue queue = new MemoryQueue("T", BYTES_MAX, budget);
    private final QueueEntry entry = new QueueEntry();

    private static ByteBuffer record(int bodyBytes, long expiry) {
        MessageProperties.Builder properties = new MessageProperties.Builder();
        properties.put(JmsProperties.PRIORITY, "7");
        if (expiry != 0) {
            properties.put(JmsProperties.EXPIRATION, Long.toString(expiry));
        }
        MessageDraft draft =
                new MessageDraft("T", 0, 0, 0, NOW, HERE, 0, 0, properties.build(), ByteBuffer.allocate(bodyBytes));
        ByteBuffer buffer = ByteBuffer.allocate(MessageRecord.bytesMax(draft));
        int length = MessageRecord.encode(draft, HERE, buffer, 0);
        return buffer.slice(0, length);
    }

    private Outcome append() {
        return queue.append(record(10, 0), NOW);
    }

    @Test
    void a_message_is_read_as_it_was_appended_until_its_reader_has_settled_it() {
        queue.join();

        assertThat(append()).isEqualTo(Outcome.TAKEN);
        assertThat(append()).isEqualTo(Outcome.TAKEN);

        assertThat(queue.minOffset()).isZero();
        assertThat(queue.maxOffset()).isEqualTo(2);
        assertThat(queue.read(1, entry)).isTrue();
        assertThat(entry.priority()).isEqualTo(7);
        assertThat(entry.storeTime()).isEqualTo(NOW);
        RecordSlice slice = Objects.requireNonNull(queue.slice(1));
        assertThat(queue.isMessage(slice.buffer(), 1)).isTrue();
        assertThat(slice.size()).isEqualTo(entry.size());
        slice.release();
        queue.settled(0);
        assertThat(queue.minOffset()).isEqualTo(1);
        assertThat(queue.read(0, entry)).isFalse();
        queue.settled(1);
        assertThat(queue.minOffset()).isEqualTo(2);
        assertThat(queue.slice(1)).isNull();
        assertThat(queue.bytes()).isZero();
        assertThat(budget.bytes()).isZero();
    }

    @Test
    void a_message_for_nobody_is_gone_and_leaves_its_offset() {
        assertThat(append()).isEqualTo(Outcome.TAKEN);

        assertThat(queue.minOffset()).isEqualTo(1).isEqualTo(queue.maxOffset());
        assertThat(queue.bytes()).isZero();
        assertThat(queue.join()).isEqualTo(1);
    }

    @Test
    void a_message_is_kept_for_those_who_were_there_when_it_came() {
        queue.join();
        append();
        queue.join();
        append();

        queue.settled(0);
        queue.settled(1);

        assertThat(queue.minOffset()).as("the second reader has not settled it").isEqualTo(1);
        queue.settled(1);
        assertThat(queue.minOffset()).isEqualTo(2);
    }

    @Test
    void who_leaves_lets_go_of_what_it_has_not_settled() {
        long joinedAt = queue.join();
        queue.join();
        append();
        append();
        queue.settled(1);
        queue.settled(1);
        assertThat(queue.read(1, entry)).isFalse();

        queue.leave(joinedAt, offset -> offset == 1);

        assertThat(queue.read(0, entry)).as("one reader is left").isTrue();
        queue.settled(0);
        assertThat(queue.bytes()).isZero();
    }

    @Test
    void what_is_settled_in_the_middle_makes_room() {
        queue.join();
        append();
        while (queue.append(record(1000, 0), NOW) == Outcome.TAKEN) {
            queue.settled(queue.maxOffset() - 1);
            if (queue.maxOffset() > 100) {
                break;
            }
        }

        assertThat(queue.maxOffset()).isGreaterThan(100);
        assertThat(queue.minOffset()).isZero();
    }

    @Test
    void beyond_its_bound_or_that_of_all_it_is_full_unless_something_has_expired() {
        queue.join();
        MemoryQueue second = new MemoryQueue("T", BYTES_MAX, budget);
        MemoryQueue third = new MemoryQueue("T", BYTES_MAX, budget);
        second.join();
        third.join();

        assertThat(queue.append(record(3000, NOW + 5000), NOW)).isEqualTo(Outcome.TAKEN);
        assertThat(queue.append(record(3000, 0), NOW)).isEqualTo(Outcome.FULL);
        assertThat(queue.maxOffset()).as("nothing has happened").isEqualTo(1);
        assertThat(second.append(record(3000, 0), NOW)).isEqualTo(Outcome.TAKEN);
        assertThat(third.append(record(3000, 0), NOW))
                .as("the others have it all")
                .isEqualTo(Outcome.FULL);

        assertThat(queue.append(record(3000, 0), NOW + 5000)).isEqualTo(Outcome.TAKEN);
        assertThat(queue.read(0, entry)).as("its time was over").isFalse();
        second.close();
        assertThat(second.append(record(10, 0), NOW)).isEqualTo(Outcome.CLOSED);
        assertThat(third.append(record(3000, 0), NOW + 5000)).isEqualTo(Outcome.TAKEN);
    }
}
