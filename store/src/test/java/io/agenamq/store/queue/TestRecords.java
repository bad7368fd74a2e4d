// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;

/** Records as the log would hand them to derived structures, without a log. */
final class TestRecords {

    static final long STORE_TIME = 1_700_000_000_000L;

    private static final InetSocketAddress HOST = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);

    private TestRecords() {}

    static ByteBuffer encode(
            String topic, int queueId, long queueOffset, long position, Map<String, String> properties) {
        return encode(topic, queueId, queueOffset, position, STORE_TIME, properties);
    }

    static ByteBuffer encode(
            String topic,
            int queueId,
            long queueOffset,
            long position,
            long storeTime,
            Map<String, String> properties) {
        MessageDraft draft = new MessageDraft(
                topic, queueId, 0, 0, 1, HOST, 0, 0, MessageProperties.of(properties), ByteBuffer.wrap(new byte[] {1}));
        ByteBuffer buffer = ByteBuffer.allocate(MessageRecord.bytesMax(draft));
        int length = MessageRecord.encode(draft, HOST, buffer, 0);
        MessageRecord.assign(buffer, 0, queueOffset, position, storeTime);
        return buffer.limit(length);
    }
}
