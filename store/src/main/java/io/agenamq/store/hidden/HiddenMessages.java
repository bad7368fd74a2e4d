// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.hidden;

import io.agenamq.store.log.MessageReference;
import io.agenamq.store.log.Publication;
import io.agenamq.store.log.Publication.Queue;
import io.agenamq.store.queue.ConsumeQueueEntry;
import io.agenamq.store.queue.RecordScan;
import io.agenamq.store.snapshot.PayloadOutput;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The hidden messages of one transaction, in the order of the log. Changed under the append lock; who hides and publishes reads it between. */
final class HiddenMessages {

    private final long firstPosition;
    private final List<Queue> queues;
    private final Map<Queue, Integer> queueIndexes = new HashMap<>();
    private final List<HiddenBatch> batches;
    private int count;

    HiddenMessages(long firstPosition) {
        this(firstPosition, new ArrayList<>(), new ArrayList<>());
    }

    private HiddenMessages(long firstPosition, List<Queue> queues, List<HiddenBatch> batches) {
        this.firstPosition = firstPosition;
        this.queues = queues;
        this.batches = batches;
    }

    /** Position of the record that hides the first of them. */
    long firstPosition() {
        return firstPosition;
    }

    int count() {
        return count;
    }

    Set<String> topics() {
        return queues.stream().map(Queue::topic).collect(Collectors.toSet());
    }

    void beginBatch() {
        batches.add(new HiddenBatch());
    }

    /** Adds a message to the batch begun last, which is answered for its keys. */
    HiddenBatch add(String topic, RecordScan record, long position, int size) {
        HiddenBatch batch = batches.get(batches.size() - 1);
        int at = batch.next(indexOf(new Queue(topic, record.queueId())));
        ConsumeQueueEntry.put(batch.words(), at, record, position, size);
        count++;
        return batch;
    }

    private int indexOf(Queue queue) {
        Integer known = queueIndexes.get(queue);
        if (known != null) {
            return known;
        }
        queues.add(queue);
        queueIndexes.put(queue, queues.size() - 1);
        return queues.size() - 1;
    }

    /** All of them as the payload that publishes them: what it says of them, and behind that one reference each. */
    Publication publication(int format, HiddenId id) {
        PayloadOutput header = new PayloadOutput();
        // Filled in by the batch.
        header.putInt(0);
        header.putByte(format);
        id.writeTo(header);
        header.putCount(queues.size());
        for (Queue queue : queues) {
            header.putText(queue.topic());
            header.putCount(queue.queueId());
        }
        header.putCount(count);
        int at = header.length();
        ByteBuffer payload = ByteBuffer.allocate(Math.addExact(at, Math.multiplyExact(count, MessageReference.BYTES)));
        payload.put(0, header.payload(), 0, at);
        int referencesAt = at;
        for (HiddenBatch batch : batches) {
            for (int i = 0; i < batch.count(); i++) {
                MessageReference.put(payload, at, batch.queueIndex(i), batch.position(i));
                at += MessageReference.BYTES;
            }
        }
        return new Publication(payload, referencesAt, queues);
    }

    /** Looks messages up in the order of their positions. */
    final class Search {

        private int batchIndex;
        private int index;

        /** Goes on to the message at {@code position}; false if it is not there. */
        boolean find(long position) {
            while (batchIndex < batches.size()) {
                HiddenBatch batch = batches.get(batchIndex);
                while (index < batch.count() && batch.position(index) < position) {
                    index++;
                }
                if (index < batch.count()) {
                    return batch.position(index) == position;
                }
                batchIndex++;
                index = 0;
            }
            return false;
        }

        HiddenBatch batch() {
            return batches.get(batchIndex);
        }

        int index() {
            return index;
        }
    }

    Search search() {
        return new Search();
    }

    /** What is there at this moment; what comes later changes nothing in it. */
    HiddenMessages captured() {
        HiddenMessages captured = new HiddenMessages(firstPosition, new ArrayList<>(queues), new ArrayList<>(batches));
        captured.count = count;
        return captured;
    }

    void writeTo(StateOutput out) {
        out.putCount(firstPosition);
        out.putCount(queues.size());
        for (Queue queue : queues) {
            out.putText(queue.topic());
            out.putCount(queue.queueId());
        }
        out.putCount(batches.size());
        batches.forEach(batch -> batch.writeTo(out));
    }

    static HiddenMessages readFrom(StateInput in) {
        HiddenMessages messages = new HiddenMessages(in.getCount());
        for (int left = in.getCount(2); left > 0; left--) {
            messages.indexOf(readQueue(in));
        }
        for (int left = in.getCount(1); left > 0; left--) {
            HiddenBatch batch = HiddenBatch.readFrom(in, messages.queues.size());
            messages.batches.add(batch);
            messages.count += batch.count();
        }
        return messages;
    }

    static Queue readQueue(StateInput in) {
        return new Queue(in.getText(), (int) in.getCount());
    }

    /** Where the last one is, null if there is none. */
    @Nullable
    Long lastPosition() {
        if (batches.isEmpty()) {
            return null;
        }
        HiddenBatch last = batches.get(batches.size() - 1);
        return last.count() == 0 ? null : last.position(last.count() - 1);
    }
}
