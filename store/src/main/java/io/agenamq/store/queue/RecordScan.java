// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.protocol.record.SysFlag;
import java.nio.ByteBuffer;

/**
 * What the derived structures want to know about one message record, found in a single pass over its properties and without making strings.
 * A flyweight that belongs to whoever holds the append lock: {@link #reset} reads the next record, and the indexes point into its buffer.
 */
public final class RecordScan {

    private final MessageProperties properties = new MessageProperties();

    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int at;
    private int topicStart;
    private int topicLength;
    private long storeTime;
    private int tagHash;
    private int groupHash;
    private int entryFlags;
    private int priority;
    private long expiry;
    private long deliverAt;
    private int keysStart;
    private int keysLength;
    private int uniqueKeyStart;
    private int uniqueKeyLength;

    /** A scan of nothing yet. */
    public RecordScan() {}

    /** Scans the record that starts at index {@code start} of {@code record}. */
    public void reset(ByteBuffer record, int start) {
        buffer = record;
        at = start;
        topicStart = MessageRecord.topicStart(record, start);
        topicLength = record.get(topicStart - Byte.BYTES);
        storeTime = MessageRecord.storeTimestamp(record, start);
        tagHash = 0;
        groupHash = 0;
        entryFlags = 0;
        priority = QueueEntry.DEFAULT_PRIORITY;
        expiry = 0;
        deliverAt = 0;
        keysLength = 0;
        uniqueKeyLength = 0;
        properties.resetToRecord(record, start);
        while (properties.next()) {
            property();
        }
    }

    /** The buffer that all indexes point into. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Index of the record's first byte. */
    public int at() {
        return at;
    }

    /** Whether it is a half message, which is in no queue. */
    public boolean isHalf() {
        return SysFlag.transaction(MessageRecord.sysFlag(buffer, at)) == SysFlag.TRANSACTION_PREPARED;
    }

    /** Index of the first byte of the topic. */
    public int topicStart() {
        return topicStart;
    }

    /** Bytes of the topic. */
    public int topicLength() {
        return topicLength;
    }

    /** Queue within the topic. */
    public int queueId() {
        return MessageRecord.queueId(buffer, at);
    }

    /** Offset in the queue. */
    public long queueOffset() {
        return MessageRecord.queueOffset(buffer, at);
    }

    /** When the record was stored. */
    public long storeTime() {
        return storeTime;
    }

    /** Index of the first byte of the application's keys, which are separated by blanks. */
    public int keysStart() {
        return keysStart;
    }

    /** Bytes of the application's keys, 0 if there are none. */
    public int keysLength() {
        return keysLength;
    }

    /** Index of the first byte of the client's unique id. */
    public int uniqueKeyStart() {
        return uniqueKeyStart;
    }

    /** Bytes of the client's unique id, 0 if there is none. */
    public int uniqueKeyLength() {
        return uniqueKeyLength;
    }

    int tagHash() {
        return tagHash;
    }

    int groupHash() {
        return groupHash;
    }

    int entryFlags() {
        return entryFlags;
    }

    int priority() {
        return priority;
    }

    long expiry() {
        return expiry;
    }

    long deliverAt() {
        return deliverAt;
    }

    /** Takes one property. The length of the name decides most cases; a later property of the same name wins over an earlier one. */
    private void property() {
        switch (properties.nameLength()) {
            case 4 -> {
                if (properties.nameIs(PropertyNames.TAGS)) {
                    tagHash = properties.valueHash();
                    entryFlags |= QueueEntry.TAGGED;
                } else if (properties.nameIs(PropertyNames.KEYS)) {
                    keysStart = properties.valueStart();
                    keysLength = properties.valueLength();
                }
            }
            case 8 -> {
                if (properties.nameIs(PropertyNames.UNIQUE_KEY)) {
                    uniqueKeyStart = properties.valueStart();
                    uniqueKeyLength = properties.valueLength();
                }
            }
            case 11 -> {
                if (properties.nameIs(JmsProperties.PRIORITY)) {
                    priority = (int) Math.min(9, number(QueueEntry.DEFAULT_PRIORITY));
                } else if (properties.nameIs(JmsProperties.GROUP_ID)) {
                    group();
                }
            }
            case 13 -> {
                if (properties.nameIs(JmsProperties.EXPIRATION)) {
                    expiry = number(0);
                } else if (properties.nameIs(PropertyNames.SHARDING_KEY)) {
                    group();
                }
            }
            case 15 -> {
                if (properties.nameIs(JmsProperties.DELIVERY_TIME)) {
                    deliverAt = number(0);
                } else if (properties.nameIs(JmsProperties.DELIVERY_MODE)
                        && properties.valueIs(JmsProperties.NON_PERSISTENT)) {
                    entryFlags |= QueueEntry.NON_PERSISTENT;
                }
            }
            default -> {
                // Of no interest here.
            }
        }
    }

    private void group() {
        groupHash = properties.valueHash();
        entryFlags |= QueueEntry.GROUPED;
    }

    /** The value as a number that is not negative; {@code dflt} if it is none, since anybody may send any text under these names. */
    private long number(long dflt) {
        int length = properties.valueLength();
        if (length > 18) {
            return dflt;
        }
        long number = 0;
        for (int i = 0; i < length; i++) {
            int digit = buffer.get(properties.valueStart() + i) - '0';
            if (digit < 0 || digit > 9) {
                return dflt;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
