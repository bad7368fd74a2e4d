// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The payloads of the control records that change cursors. All integers are big-endian.
 *
 * <pre>
 * put
 *   0        8         12      20        21            23         ..          +2         ..
 *   +--------+---------+-------+---------+-------------+----------+-----------+----------+
 *   | id     | queueId | floor | purpose | topicLength | topic    | subLength | sub      |
 *   +--------+---------+-------+---------+-------------+----------+-----------+----------+
 *
 * removed: a put with the purpose 3; of earlier versions the id alone
 *
 * progress: one section per cursor, as many as the payload holds
 *   0        8              16              24          28           32
 *   +--------+--------------+---------------+-----------+------------+---- … ----+---- … -----+
 *   | id     | settledBelow | deliveredMark | spanCount | countCount | spans     | counts     |
 *   +--------+--------------+---------------+-----------+------------+---- … ----+---- … -----+
 *
 *   span   | firstWord 8 | wordCount 4 | wordCount x 8 bytes |   bit b of word w: offset w * 64 + b is settled
 *   count  | offset 8    | count 4 |                            deliveries that an application saw
 * </pre>
 *
 * <p>A settledBelow or deliveredMark of 0 changes nothing. A progress section is idempotent: it only adds bits and raises numbers. The
 * record around the payload carries the checksum and the format's version is the control type's number: a later layout gets a new one.
 */
final class CursorRecords {

    static final int ID = 0;

    private static final int PUT_QUEUE_ID = ID + Long.BYTES;
    private static final int PUT_FLOOR = PUT_QUEUE_ID + Integer.BYTES;
    private static final int PUT_PURPOSE = PUT_FLOOR + Long.BYTES;
    static final int PUT_NAMES = PUT_PURPOSE + Byte.BYTES;

    /** Purpose of a put: a cursor begins. */
    static final byte NEW = 0;

    /** Purpose of a put: what follows states again everything about a cursor that exists. */
    static final byte RESTATE_BEGIN = 1;

    /** Purpose of a put: everything was stated since the last {@link #RESTATE_BEGIN}. */
    static final byte RESTATE_END = 2;

    /** Purpose in a record that removes a cursor. */
    private static final byte REMOVED = 3;

    static final int SETTLED_BELOW = ID + Long.BYTES;
    static final int DELIVERED_MARK = SETTLED_BELOW + Long.BYTES;
    static final int SPAN_COUNT = DELIVERED_MARK + Long.BYTES;
    static final int COUNT_COUNT = SPAN_COUNT + Integer.BYTES;
    static final int SPANS = COUNT_COUNT + Integer.BYTES;

    static final int SPAN_WORD_COUNT = Long.BYTES;
    static final int SPAN_WORDS = SPAN_WORD_COUNT + Integer.BYTES;
    static final int COUNT_BYTES = Long.BYTES + Integer.BYTES;

    private CursorRecords() {}

    /** The payload that puts a cursor. */
    static ByteBuffer put(long id, byte purpose, CursorName name, long floor) {
        byte[] topic = name.topic().getBytes(StandardCharsets.UTF_8);
        byte[] subscription = name.subscription().getBytes(StandardCharsets.UTF_8);
        ByteBuffer payload =
                ByteBuffer.allocate(PUT_NAMES + Short.BYTES + topic.length + Short.BYTES + subscription.length);
        payload.putLong(id).putInt(name.queueId()).putLong(floor).put(purpose);
        payload.putShort((short) topic.length).put(topic);
        payload.putShort((short) subscription.length).put(subscription);
        return payload.flip();
    }

    /** The cursor that a put payload describes. */
    static Cursor readPut(ByteBuffer payload) {
        ByteBuffer in = payload.slice();
        in.position(PUT_NAMES);
        String topic = readName(in);
        String subscription = readName(in);
        return new Cursor(
                in.getLong(ID), new CursorName(topic, in.getInt(PUT_QUEUE_ID), subscription), in.getLong(PUT_FLOOR));
    }

    /** Why a put payload was written. */
    static byte purpose(ByteBuffer payload) {
        return payload.get(payload.position() + PUT_PURPOSE);
    }

    /** The payload that removes a cursor. It says which one that was, for those who look at the log later. */
    static ByteBuffer removed(Cursor cursor) {
        return put(cursor.id(), REMOVED, cursor.name(), cursor.floor());
    }

    /** The name in a put or {@link #removed} payload; null in a removal of an earlier version. */
    static @Nullable CursorName name(ByteBuffer payload) {
        return payload.remaining() <= Long.BYTES ? null : readPut(payload).name();
    }

    /** The cursor that a {@link #removed} payload names. */
    static long removedId(ByteBuffer payload) {
        return payload.getLong(payload.position());
    }

    private static String readName(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort() & 0xFFFF];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Calls {@code visitor} with the index of every section. */
    static void forEachSection(ByteBuffer payload, SectionVisitor visitor) {
        int at = payload.position();
        while (at < payload.limit()) {
            visitor.visit(id(payload, at), at);
            at = end(payload, at);
        }
    }

    static long id(ByteBuffer payload, int section) {
        return payload.getLong(section + ID);
    }

    static long settledBelow(ByteBuffer payload, int section) {
        return payload.getLong(section + SETTLED_BELOW);
    }

    static long deliveredMark(ByteBuffer payload, int section) {
        return payload.getLong(section + DELIVERED_MARK);
    }

    static void forEachWord(ByteBuffer payload, int section, WordVisitor visitor) {
        int at = section + SPANS;
        for (int span = payload.getInt(section + SPAN_COUNT); span > 0; span--) {
            long word = payload.getLong(at);
            int words = payload.getInt(at + SPAN_WORD_COUNT);
            at += SPAN_WORDS;
            for (int i = 0; i < words; i++, at += Long.BYTES) {
                visitor.visit(word + i, payload.getLong(at));
            }
        }
    }

    static void forEachCount(ByteBuffer payload, int section, DeliveryCounts.Visitor visitor) {
        int at = countsAt(payload, section);
        for (int i = payload.getInt(section + COUNT_COUNT); i > 0; i--, at += COUNT_BYTES) {
            visitor.visit(payload.getLong(at), payload.getInt(at + Long.BYTES));
        }
    }

    private static int countsAt(ByteBuffer payload, int section) {
        int at = section + SPANS;
        for (int span = payload.getInt(section + SPAN_COUNT); span > 0; span--) {
            at += SPAN_WORDS + Long.BYTES * payload.getInt(at + SPAN_WORD_COUNT);
        }
        return at;
    }

    private static int end(ByteBuffer payload, int section) {
        return countsAt(payload, section) + COUNT_BYTES * payload.getInt(section + COUNT_COUNT);
    }

    /** Receives the words of one section. */
    @FunctionalInterface
    interface WordVisitor {
        void visit(long wordIndex, long bits);
    }

    /** Receives the sections of one payload. */
    @FunctionalInterface
    interface SectionVisitor {
        void visit(long id, int section);
    }
}
