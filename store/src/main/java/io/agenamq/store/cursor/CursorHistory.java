// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.ControlVisitor;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the log says about one message's way through the cursors of its message queue: progress records name offsets, so they can be read again years later.
 *
 * <pre>
 *   record of cursor 7     says of offset 42
 *   deliveredMark 50       from now on an application may have it
 *   count 42 = 2           it came back for the second time
 *   bit 42, or             settled
 *     settledBelow 43
 * </pre>
 *
 * <p>A stretch of the log is read at a time, of any length; what one stretch says again that another has said already, for cursors are stated again from
 * time to time, is for the caller to drop. Any thread but an event loop's: it reads the disk.
 */
public final class CursorHistory {

    /** What happened. */
    public enum Kind {
        /** The cursor began, and has the message in front of it. */
        BEGUN,
        /** The cursor began behind the message. */
        BEGUN_BEHIND,
        /** From now on an application may have the message. */
        DELIVERED,
        /** The message came back from an application. */
        CAME_BACK,
        /** Nobody gets the message any more. */
        SETTLED,
        /** The same by the commit of a transaction. */
        COMMITTED,
        /** The cursor has ended. */
        REMOVED
    }

    /** Receives what is found, the oldest first. */
    public interface Sink {

        /**
         * Something about the message.
         *
         * @param cursorId number of the cursor
         * @param name of the cursor; null if it is not known here: it may be one of another queue, unless what comes later tells
         * @param time milliseconds since 1970
         * @param by address of the connection that it was written for; null if that is not one alone
         * @param count how often the message was delivered, where it {@linkplain Kind#CAME_BACK came back}
         * @param restated whether it only says again what was so before
         */
        void found(
                Kind kind,
                long cursorId,
                @Nullable CursorName name,
                long time,
                @Nullable InetSocketAddress by,
                int count,
                boolean restated);

        /** The log cannot be read from a position on; it is gone on with further behind. */
        void damaged(long position);
    }

    private final CommitLog log;
    private final CursorTable cursors;

    /** Over a store's log. */
    public CursorHistory(CommitLog log, CursorTable cursors) {
        this.log = log;
        this.cursors = cursors;
    }

    /**
     * Reads about {@code bytesMax} bytes of the log.
     *
     * @param from where a record or a segment begins
     * @return where to go on; {@code from} if that is the end
     */
    public long read(String topic, int queueId, long offset, long from, long bytesMax, Sink sink) {
        return log.scanControls(from, bytesMax, new Scan(topic, queueId, offset, cursors.names(), sink));
    }

    private static final class Scan implements ControlVisitor {

        private final String topic;
        private final int queueId;
        private final long offset;
        private final Map<Long, CursorName> names;
        private final Sink sink;
        private final Set<Long> delivered = new HashSet<>();
        private final Set<Long> settled = new HashSet<>();
        private final Set<Long> restating = new HashSet<>();
        private final Map<Long, Integer> counts = new HashMap<>();

        Scan(String topic, int queueId, long offset, Map<Long, CursorName> names, Sink sink) {
            this.topic = topic;
            this.queueId = queueId;
            this.offset = offset;
            this.names = names;
            this.sink = sink;
        }

        @Override
        public void damaged(long position) {
            sink.damaged(position);
        }

        @Override
        public void control(ControlType type, long time, @Nullable InetSocketAddress by, ByteBuffer payload) {
            switch (type) {
                case CURSOR_PUT -> put(payload, time, by);
                case CURSOR_REMOVE -> {
                    CursorName name = CursorRecords.name(payload);
                    if (name != null && isOurs(name)) {
                        sink.found(Kind.REMOVED, CursorRecords.removedId(payload), name, time, by, 0, false);
                    }
                }
                case CURSOR ->
                    CursorRecords.forEachSection(
                            payload, (id, section) -> progress(Kind.SETTLED, id, payload, section, time, by));
                case CURSOR_COMMIT ->
                    CursorRecords.forEachSection(
                            payload, (id, section) -> progress(Kind.COMMITTED, id, payload, section, time, by));
                default -> {
                    // Says nothing about this message.
                }
            }
        }

        private boolean isOurs(CursorName name) {
            return name.queueId() == queueId && name.topic().equals(topic);
        }

        private void put(ByteBuffer payload, long time, @Nullable InetSocketAddress by) {
            Cursor cursor = CursorRecords.readPut(payload);
            if (!isOurs(cursor.name())) {
                names.putIfAbsent(cursor.id(), cursor.name());
                return;
            }
            names.put(cursor.id(), cursor.name());
            switch (CursorRecords.purpose(payload)) {
                case CursorRecords.RESTATE_BEGIN -> restating.add(cursor.id());
                case CursorRecords.RESTATE_END -> restating.remove(cursor.id());
                default -> {
                    Kind kind = cursor.floor() > offset ? Kind.BEGUN_BEHIND : Kind.BEGUN;
                    sink.found(kind, cursor.id(), cursor.name(), time, by, 0, false);
                }
            }
        }

        private void progress(
                Kind settling, long id, ByteBuffer payload, int section, long time, @Nullable InetSocketAddress by) {
            CursorName name = names.get(id);
            if (name != null && !isOurs(name)) {
                return;
            }
            boolean restated = restating.contains(id);
            if (CursorRecords.deliveredMark(payload, section) > offset && delivered.add(id)) {
                sink.found(Kind.DELIVERED, id, name, time, by, 0, restated);
            }
            CursorRecords.forEachCount(payload, section, (counted, count) -> {
                if (counted == offset && counts.getOrDefault(id, 0) < count) {
                    counts.put(id, count);
                    sink.found(Kind.CAME_BACK, id, name, time, by, count, restated);
                }
            });
            boolean[] bit = {CursorRecords.settledBelow(payload, section) > offset};
            CursorRecords.forEachWord(payload, section, (word, bits) -> {
                bit[0] |= word == offset >>> 6 && (bits & 1L << offset) != 0;
            });
            if (bit[0] && settled.add(id)) {
                sink.found(settling, id, name, time, by, 0, restated);
            }
        }
    }
}
