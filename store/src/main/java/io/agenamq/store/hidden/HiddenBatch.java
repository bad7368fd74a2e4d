// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.hidden;

import io.agenamq.store.queue.ConsumeQueueEntry;
import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;
import java.util.Arrays;

/**
 * The hidden messages of one batch of the log, as their publication needs them: the entries for the consume queues, the queues, and the hashes of the
 * keys. So publishing reads nothing from the disk. About 64 bytes for a message with two keys. Grows while its batch is applied, and does not change
 * afterwards.
 */
final class HiddenBatch {

    static final int WORDS = ConsumeQueueEntry.WORDS;

    private static final int FIRST = 4;
    private static final int MESSAGE_BYTES_MIN = WORDS * Long.BYTES + 2;

    private int count;
    private long[] words = new long[FIRST * WORDS];
    private int[] queues = new int[FIRST];
    /** Behind the last key of each message. */
    private int[] keyEnds = new int[FIRST];

    private int[] keys = new int[FIRST];
    private int keyCount;

    /** Room for one more message: the index in {@link #words} at which its entry goes. */
    int next(int queueIndex) {
        if (count == queues.length) {
            words = Arrays.copyOf(words, 2 * count * WORDS);
            queues = Arrays.copyOf(queues, 2 * count);
            keyEnds = Arrays.copyOf(keyEnds, 2 * count);
        }
        queues[count] = queueIndex;
        keyEnds[count] = keyCount;
        return count++ * WORDS;
    }

    /** A key of the message that was added last. */
    void key(int hash) {
        if (keyCount == keys.length) {
            keys = Arrays.copyOf(keys, 2 * keyCount);
        }
        keys[keyCount++] = hash;
        keyEnds[count - 1] = keyCount;
    }

    int count() {
        return count;
    }

    long[] words() {
        return words;
    }

    long position(int i) {
        return ConsumeQueueEntry.position(words, i * WORDS);
    }

    int queueIndex(int i) {
        return queues[i];
    }

    int[] keys() {
        return keys;
    }

    int keysFrom(int i) {
        return i == 0 ? 0 : keyEnds[i - 1];
    }

    int keysTo(int i) {
        return keyEnds[i];
    }

    void writeTo(StateOutput out) {
        out.putCount(count);
        for (int i = 0; i < count; i++) {
            for (int w = i * WORDS; w < (i + 1) * WORDS; w++) {
                out.putLong(words[w]);
            }
            out.putCount(queues[i]);
            out.putCount(keysTo(i) - keysFrom(i));
            for (int k = keysFrom(i); k < keysTo(i); k++) {
                out.putInt(keys[k]);
            }
        }
    }

    static HiddenBatch readFrom(StateInput in, int queueCount) {
        HiddenBatch batch = new HiddenBatch();
        for (int left = in.getCount(MESSAGE_BYTES_MIN); left > 0; left--) {
            long[] entry = new long[WORDS];
            for (int w = 0; w < WORDS; w++) {
                entry[w] = in.getLong();
            }
            long queue = in.getCount();
            if (queue >= queueCount) {
                throw new CorruptStateException("queue " + queue + " of " + queueCount);
            }
            System.arraycopy(entry, 0, batch.wordsFor((int) queue), (batch.count - 1) * WORDS, WORDS);
            for (int keysLeft = in.getCount(Integer.BYTES); keysLeft > 0; keysLeft--) {
                batch.key(in.getInt());
            }
        }
        return batch;
    }

    private long[] wordsFor(int queueIndex) {
        next(queueIndex);
        return words;
    }
}
