// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the progress of several cursors into the payloads of as few control records as possible, usually one.
 *
 * <p>Not thread-safe; reusable after {@link #clear}. The layout is {@link CursorRecords}'.
 */
public final class ProgressPayloads {

    /** A payload that has grown beyond this is closed and another one begun, so that no control record comes near a frame's size. */
    static final int PAYLOAD_BYTES_MAX = 64 * 1024;

    private static final int INITIAL_BYTES = 256;

    private final List<ByteBuffer> closed = new ArrayList<>();
    private ByteBuffer open = ByteBuffer.allocate(INITIAL_BYTES);
    private int section; // where the last section of the open payload begins

    /** Adds what {@code progress} says about the cursor {@code id}; nothing when it is empty. */
    public void add(long id, CursorProgress progress) {
        if (progress.isEmpty()) {
            return;
        }
        closeWhenLarge();
        openSection(id, progress);
        BitPlane bits = progress.settled;
        for (long at = bits.nextSet(0); at != BitPlane.NONE; ) {
            if (closeWhenLarge()) {
                openSection(id, progress);
            }
            at = bits.nextSet(addSpan(bits, at >>> 6) << 6);
        }
        progress.counts.forEach((offset, count) -> {
            if (closeWhenLarge()) {
                openSection(id, progress);
            }
            addCount(offset, count);
        });
    }

    /** The payloads, readable from their position to their limit; valid until {@link #clear}. */
    public List<ByteBuffer> payloads() {
        if (open.position() > 0) {
            closed.add(open.flip());
            open = ByteBuffer.allocate(INITIAL_BYTES);
        }
        return closed;
    }

    /** Receives what payloads say. */
    @FunctionalInterface
    public interface Visitor {
        /** About the cursor of this number. */
        void visit(long id, CursorProgress progress);
    }

    /** Tells {@code visitor} what a payload says about each cursor. */
    public static void forEach(ByteBuffer payload, Visitor visitor) {
        CursorRecords.forEachSection(payload, (id, section) -> {
            CursorProgress progress = new CursorProgress();
            progress.add(payload, section);
            visitor.visit(id, progress);
        });
    }

    /** Forgets everything. */
    public void clear() {
        closed.clear();
        open.clear();
    }

    private void openSection(long id, CursorProgress progress) {
        ensureRoom(CursorRecords.SPANS);
        section = open.position();
        open.putLong(id)
                .putLong(progress.settledBelow)
                .putLong(progress.deliveredMark)
                .putInt(0)
                .putInt(0);
    }

    /** Writes the run of non-zero words that begins at {@code firstWord}; answers the index of the word behind it. */
    private long addSpan(BitPlane bits, long firstWord) {
        ensureRoom(CursorRecords.SPAN_WORDS);
        int span = open.position();
        open.putLong(firstWord).putInt(0);
        long word = firstWord;
        for (; bits.word(word) != 0 && open.position() - span < PAYLOAD_BYTES_MAX; word++) {
            ensureRoom(Long.BYTES);
            open.putLong(bits.word(word));
        }
        open.putInt(span + CursorRecords.SPAN_WORD_COUNT, (int) (word - firstWord));
        increment(section + CursorRecords.SPAN_COUNT);
        return word;
    }

    private void addCount(long offset, int count) {
        ensureRoom(CursorRecords.COUNT_BYTES);
        open.putLong(offset).putInt(count);
        increment(section + CursorRecords.COUNT_COUNT);
    }

    private void increment(int at) {
        open.putInt(at, open.getInt(at) + 1);
    }

    private boolean closeWhenLarge() {
        if (open.position() < PAYLOAD_BYTES_MAX) {
            return false;
        }
        closed.add(open.flip());
        open = ByteBuffer.allocate(INITIAL_BYTES);
        return true;
    }

    private void ensureRoom(int bytes) {
        if (open.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(open.capacity() * 2, open.position() + bytes));
            open = larger.put(open.flip());
        }
    }
}
