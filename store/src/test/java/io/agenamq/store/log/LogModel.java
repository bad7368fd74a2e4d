// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The simplest structure that can be derived from a log: a list of what was applied, and a counter per queue. It checks what the log promises its
 * listener: order, positions without gaps, offsets without gaps.
 */
public final class LogModel implements LogListener, OffsetAssigner {

    private static final InetSocketAddress BORN = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);

    /** What was applied, in order: the texts of messages, and of control records behind a "!". */
    public final List<String> applied = new ArrayList<>();
    /** Position of each of {@link #applied}. */
    public final List<Long> positions = new ArrayList<>();
    /** Size of each of {@link #applied}; 0 for control records. */
    public final List<Integer> sizes = new ArrayList<>();
    /** Ends of the batches that were applied. */
    public final List<Long> batchEnds = new ArrayList<>();

    private final Map<String, Long> reserved = new HashMap<>();
    private final Map<String, Long> seen = new HashMap<>();

    private boolean anywhere;

    /** The first offset of a queue may be any, because the log was retired before. */
    public void startAnywhere() {
        anywhere = true;
    }

    /** A message whose body is a text. */
    public static MessageDraft draft(String topic, int queueId, String text) {
        return new MessageDraft(
                topic,
                queueId,
                0,
                0,
                0,
                BORN,
                0,
                0,
                ByteBuffer.allocate(0),
                ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The body of the record at {@code at} as a text. */
    public static String text(ByteBuffer buffer, int at) {
        byte[] bytes = new byte[MessageRecord.bodyLength(buffer, at)];
        buffer.get(MessageRecord.bodyStart(buffer, at), bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Topics that begin like this do not exist. */
    public static final String NO_TOPIC = "missing";

    @Override
    public synchronized long reserve(String topic, int queueId) {
        if (topic.startsWith(NO_TOPIC)) {
            return UNKNOWN_QUEUE;
        }
        return reserved.merge(topic + "/" + queueId, 1L, Long::sum) - 1;
    }

    @Override
    public synchronized void release(String topic, int queueId) {
        reserved.merge(topic + "/" + queueId, -1L, Long::sum);
    }

    @Override
    public synchronized void message(String topic, long position, int size, ByteBuffer buffer, int at) {
        assertThat(MessageRecord.topic(buffer, at)).isEqualTo(topic);
        assertThat(MessageRecord.position(buffer, at)).isEqualTo(position);
        assertThat(MessageRecord.length(buffer, at)).isEqualTo(size);
        String queue = topic + "/" + MessageRecord.queueId(buffer, at);
        long offset = MessageRecord.queueOffset(buffer, at);
        long expected = anywhere ? seen.getOrDefault(queue, offset) : seen.getOrDefault(queue, 0L);
        assertThat(offset).as("offset in %s", queue).isEqualTo(expected);
        seen.put(queue, offset + 1);
        reserved.put(queue, Math.max(offset + 1, reserved.getOrDefault(queue, 0L)));
        add(text(buffer, at), position, size);
    }

    @Override
    public synchronized void control(ControlType type, long position, ByteBuffer payload) {
        add("!" + StandardCharsets.UTF_8.decode(payload.duplicate()), position, 0);
    }

    @Override
    public synchronized void batchEnd(long endPosition) {
        assertThat(batchEnds.isEmpty() || batchEnds.get(batchEnds.size() - 1) < endPosition)
                .isTrue();
        assertThat(endPosition).isGreaterThan(positions.get(positions.size() - 1));
        batchEnds.add(endPosition);
    }

    private void add(String text, long position, int size) {
        assertThat(positions.isEmpty() || positions.get(positions.size() - 1) < position)
                .isTrue();
        applied.add(text);
        positions.add(position);
        sizes.add(size);
    }
}
