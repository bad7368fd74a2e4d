// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Codes 12 and 33: messages by key or unique id, and one message by its position. Both may read any part of the log, so they run on the slow
 * threads.
 */
final class QueryHandler {

    /** Upper bound of what a client may ask for. */
    private static final int COUNT_MAX = 1024;

    /** Bytes of records in one answer, beyond the first: what does not fit into a frame cannot be sent at all. */
    private static final int BYTES_MAX = FrameCodec.MAX_FRAME_BYTES / 2;

    /** A client adds it to queries by unique id; then the broker's own limit counts. */
    private static final String UNIQUE_KEY_QUERY = "_UNIQUE_KEY_QUERY";

    private final Store store;
    private final LiveSettings settings;
    private final InstantSource clock;

    QueryHandler(Store store, LiveSettings settings, InstantSource clock) {
        this.store = store;
        this.settings = settings;
        this.clock = clock;
    }

    void enterInto(HandlerTable table, SlowWork slow) {
        table.register(RequestCode.QUERY_MESSAGE, slow.offLoop((request, frame) -> query(request)));
        table.register(RequestCode.VIEW_MESSAGE_BY_ID, slow.offLoop((request, frame) -> view(request)));
    }

    private void query(Request request) {
        Fields fields = request.frame().fields();
        String topic = fields.requireText("topic");
        String key = fields.requireText("key");
        int countMax = fields.flag(UNIQUE_KEY_QUERY, false)
                ? settings.get(BrokerOptions.QUERY_COUNT_MAX)
                : Math.max(1, Math.min(fields.requireInt("maxNum"), COUNT_MAX));
        long begin = fields.requireLong("beginTimestamp");
        long end = fields.requireLong("endTimestamp");
        byte[] topicBytes = topic.getBytes(StandardCharsets.UTF_8);
        List<RecordSlice> found = new ArrayList<>();
        Body body = new Records(found);
        Room room = new Room();
        boolean handedOver = false;
        try {
            store.keys().query(topic, key, begin, end, countMax, position -> {
                RecordSlice slice = room.isUsedUp() ? null : store.log().recordAt(position);
                if (slice != null) {
                    found.add(slice);
                    // Two keys may share a hash; at least the topic is compared here, the key by the client.
                    ByteBuffer record = slice.buffer();
                    if (!MessageRecord.topicIs(record, record.position(), topicBytes)) {
                        found.remove(found.size() - 1).release();
                    } else if (!room.take(slice.size())) {
                        found.remove(found.size() - 1).release();
                    }
                }
            });
            // The index is never behind the log: it is updated by the append itself.
            Header indexState = out -> {
                out.put("indexLastUpdateTimestamp", clock.millis());
                out.put("indexLastUpdatePhyoffset", store.log().writtenPosition());
            };
            handedOver = true;
            if (found.isEmpty()) {
                request.reply(
                        ResponseCode.QUERY_NOT_FOUND,
                        "can not find message, maybe time range not correct",
                        indexState,
                        Body.EMPTY);
            } else {
                request.reply(indexState, body);
            }
        } finally {
            if (!handedOver) {
                body.release();
            }
        }
    }

    /** What is left of {@link #BYTES_MAX}; the newest message is always answered. */
    private static final class Room {

        private int left = BYTES_MAX;

        boolean isUsedUp() {
            return left <= 0;
        }

        boolean take(int bytes) {
            boolean fits = bytes <= left || left == BYTES_MAX;
            left = fits ? left - bytes : 0;
            return fits;
        }
    }

    private void view(Request request) {
        long position = request.frame().fields().requireLong("offset");
        RecordSlice slice = recordAt(store, position);
        if (slice == null) {
            request.refuse(ResponseCode.SYSTEM_ERROR, "can not find message by the offset, " + position);
        } else {
            request.reply(Header.NONE, new Records(List.of(slice)));
        }
    }

    /** The record that a client has named by its position, or {@code null}: that none starts there says nothing about the log. */
    static @Nullable RecordSlice recordAt(Store store, long position) {
        try {
            return position < 0 ? null : store.log().recordAt(position);
        } catch (CorruptRecordException noRecordThere) {
            return null;
        }
    }
}
