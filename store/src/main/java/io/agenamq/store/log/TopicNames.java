// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.record.MessageRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Remembers the strings of topics, so that replaying millions of records does not make millions of them. Belongs to one thread. */
final class TopicNames {

    private static final int SLOTS = 1024;

    private final byte[][] bytes = new byte[SLOTS][0];
    private final String[] names = new String[SLOTS];

    /** The topic of the record at {@code at}; equal topics mostly give the same string. */
    String of(ByteBuffer buffer, int at) {
        int start = MessageRecord.topicStart(buffer, at);
        int length = MessageRecord.topicLength(buffer, at);
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + buffer.get(start + i);
        }
        int slot = (hash ^ hash >>> 16) & SLOTS - 1;
        if (!MessageRecord.topicIs(buffer, at, bytes[slot])) {
            byte[] topic = new byte[length];
            buffer.get(start, topic);
            bytes[slot] = topic;
            names[slot] = new String(topic, StandardCharsets.UTF_8);
        }
        return names[slot];
    }
}
