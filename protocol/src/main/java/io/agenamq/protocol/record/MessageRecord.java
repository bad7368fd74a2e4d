// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The layout of a message record: RocketMQ's storage encoding, version 1. The same bytes lie in the log, travel in pull answers and are
 * decoded by clients, so this class is the only one that knows where a field is.
 *
 * <pre>
 *  0        4        8         12        16     20             28         36
 *  +--------+--------+---------+---------+------+--------------+----------+---------+
 *  | length | magic  | bodyCrc | queueId | flag | queueOffset  | position | sysFlag |
 *  +--------+--------+---------+---------+------+--------------+----------+---------+
 *  40              48              56 *              64 *         72 **            76 **
 *  +---------------+---------------+-----------------+------------+----------------+------------------+
 *  | bornTimestamp | bornHost 8|20 | storeTimestamp  | storeHost  | reconsumeTimes | preparedPosition |
 *  +---------------+---------------+-----------------+------------+----------------+------------------+
 *  84 **        88 **
 *  +------------+---------+---------------+-----------+--------------------+----------------+
 *  | bodyLength | body …  | topicLength 1 | topic …   | propertiesLength 2 | properties …   |
 *  +------------+---------+---------------+-----------+--------------------+----------------+
 *   *  12 bytes later if the born host is an IPv6 address (SysFlag.BORN_HOST_V6)
 *   ** 12 bytes later for each IPv6 address (also SysFlag.STORE_HOST_V6)
 * </pre>
 *
 * All integers are big-endian. {@code length} covers the whole record including itself; {@code position} is the record's own address in the
 * log; a host is an address of 4 or 16 bytes and a port of 4. {@code bodyCrc} is the CRC-32 (IEEE) of the stored body with the sign bit
 * cleared, as clients expect it; it covers the body only, the batch around the record has a CRC over everything. {@code topicLength} is a
 * signed byte: topics have at most 127 bytes, so that clients of every age can read the record. Zeroed space has no magic code and a length
 * below the minimum: nothing here.
 *
 * <p>The accessors are absolute: {@code buffer} is any big-endian buffer (they never touch its position), {@code at} the index of the
 * record's first byte. They trust the record; {@link #defect} must have accepted bytes that come from outside first. Stateless, any thread.
 */
public final class MessageRecord {

    /** What {@link #magic} answers for a record of version 1. */
    public static final int MAGIC_V1 = 0xDAA320A7;

    /** Longest topic, in bytes of UTF-8. */
    public static final int TOPIC_BYTES_MAX = 127;

    /** Longest properties, in bytes. */
    public static final int PROPERTIES_BYTES_MAX = 32767;

    private static final int HOST_V4_BYTES = 8;
    private static final int HOST_V6_BYTES = 20;
    private static final int HOST_V6_EXTRA = HOST_V6_BYTES - HOST_V4_BYTES;

    private static final int LENGTH = 0;
    private static final int MAGIC = LENGTH + Integer.BYTES;
    private static final int BODY_CRC = MAGIC + Integer.BYTES;
    private static final int QUEUE_ID = BODY_CRC + Integer.BYTES;
    private static final int FLAG = QUEUE_ID + Integer.BYTES;
    private static final int QUEUE_OFFSET = FLAG + Integer.BYTES;
    private static final int POSITION = QUEUE_OFFSET + Long.BYTES;
    private static final int SYS_FLAG = POSITION + Long.BYTES;
    private static final int BORN_TIMESTAMP = SYS_FLAG + Integer.BYTES;
    private static final int BORN_HOST = BORN_TIMESTAMP + Long.BYTES;
    // From here on with two IPv4 addresses; the accessors add what IPv6 addresses take.
    private static final int STORE_TIMESTAMP = BORN_HOST + HOST_V4_BYTES;
    private static final int STORE_HOST = STORE_TIMESTAMP + Long.BYTES;
    private static final int RECONSUME_TIMES = STORE_HOST + HOST_V4_BYTES;
    private static final int PREPARED_POSITION = RECONSUME_TIMES + Integer.BYTES;
    private static final int BODY_LENGTH = PREPARED_POSITION + Long.BYTES;
    private static final int BODY = BODY_LENGTH + Integer.BYTES;

    /** Bytes of a record with IPv4 addresses beside its body, topic and properties. */
    public static final int OVERHEAD_BYTES = BODY + Byte.BYTES + Short.BYTES;

    /** Most bytes that a record has beside its body, topic and properties. */
    public static final int OVERHEAD_BYTES_MAX = OVERHEAD_BYTES + 2 * HOST_V6_EXTRA;

    /** Smallest record: one byte of topic and nothing else. */
    public static final int BYTES_MIN = OVERHEAD_BYTES + 1;

    private static final int CRC_MASK = 0x7FFFFFFF;

    private MessageRecord() {}

    /** Length of the whole record. */
    public static int length(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LENGTH);
    }

    /** {@link #MAGIC_V1} in every record. */
    public static int magic(ByteBuffer buffer, int at) {
        return buffer.getInt(at + MAGIC);
    }

    /** CRC-32 of the body, sign bit cleared. */
    public static int bodyCrc(ByteBuffer buffer, int at) {
        return buffer.getInt(at + BODY_CRC);
    }

    /** Queue within the topic. */
    public static int queueId(ByteBuffer buffer, int at) {
        return buffer.getInt(at + QUEUE_ID);
    }

    /** The application's flag; in control records their type. */
    public static int flag(ByteBuffer buffer, int at) {
        return buffer.getInt(at + FLAG);
    }

    /** Offset in the message queue. */
    public static long queueOffset(ByteBuffer buffer, int at) {
        return buffer.getLong(at + QUEUE_OFFSET);
    }

    /** The record's own position in the log. */
    public static long position(ByteBuffer buffer, int at) {
        return buffer.getLong(at + POSITION);
    }

    /** See {@link SysFlag}. */
    public static int sysFlag(ByteBuffer buffer, int at) {
        return buffer.getInt(at + SYS_FLAG);
    }

    /** When the producer made the message, by its clock, in milliseconds. */
    public static long bornTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + BORN_TIMESTAMP);
    }

    /** Where the producer connected from. Allocates. */
    public static InetSocketAddress bornHost(ByteBuffer buffer, int at) {
        return host(buffer, at + BORN_HOST, (sysFlag(buffer, at) & SysFlag.BORN_HOST_V6) != 0);
    }

    /** When the log stored the record, in milliseconds; never smaller than that of the record before. */
    public static long storeTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + STORE_TIMESTAMP + bornExtra(sysFlag(buffer, at)));
    }

    /** The broker that stored the record. Allocates. */
    public static InetSocketAddress storeHost(ByteBuffer buffer, int at) {
        int sysFlag = sysFlag(buffer, at);
        return host(buffer, at + STORE_HOST + bornExtra(sysFlag), (sysFlag & SysFlag.STORE_HOST_V6) != 0);
    }

    /** How often the message was sent back by consumers. */
    public static int reconsumeTimes(ByteBuffer buffer, int at) {
        return buffer.getInt(at + RECONSUME_TIMES + extra(sysFlag(buffer, at)));
    }

    /** Position of the half message that this record commits, otherwise 0. */
    public static long preparedPosition(ByteBuffer buffer, int at) {
        return buffer.getLong(at + PREPARED_POSITION + extra(sysFlag(buffer, at)));
    }

    /** Index of the body's first byte, counted like {@code at}. */
    public static int bodyStart(ByteBuffer buffer, int at) {
        return at + BODY + extra(sysFlag(buffer, at));
    }

    /** Length of the body. */
    public static int bodyLength(ByteBuffer buffer, int at) {
        return buffer.getInt(at + BODY_LENGTH + extra(sysFlag(buffer, at)));
    }

    /** Index of the topic's first byte, counted like {@code at}. */
    public static int topicStart(ByteBuffer buffer, int at) {
        int bodyLength = at + BODY_LENGTH + extra(sysFlag(buffer, at));
        return bodyLength + Integer.BYTES + buffer.getInt(bodyLength) + Byte.BYTES;
    }

    /** Length of the topic in bytes. */
    public static int topicLength(ByteBuffer buffer, int at) {
        return buffer.get(topicStart(buffer, at) - Byte.BYTES);
    }

    /** The topic. Allocates; {@link #topicIs} does not. */
    public static String topic(ByteBuffer buffer, int at) {
        int start = topicStart(buffer, at);
        byte[] bytes = new byte[buffer.get(start - Byte.BYTES)];
        buffer.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whether the record's topic has exactly these bytes of UTF-8. */
    public static boolean topicIs(ByteBuffer buffer, int at, byte[] topic) {
        int start = topicStart(buffer, at);
        if (buffer.get(start - Byte.BYTES) != topic.length) {
            return false;
        }
        for (int i = 0; i < topic.length; i++) {
            if (buffer.get(start + i) != topic[i]) {
                return false;
            }
        }
        return true;
    }

    /** Index of the first byte of the properties, counted like {@code at}. */
    public static int propertiesStart(ByteBuffer buffer, int at) {
        int topicStart = topicStart(buffer, at);
        return topicStart + buffer.get(topicStart - Byte.BYTES) + Short.BYTES;
    }

    /** Length of the properties in bytes. */
    public static int propertiesLength(ByteBuffer buffer, int at) {
        return buffer.getShort(propertiesStart(buffer, at) - Short.BYTES);
    }

    /** Bytes that {@code draft} takes once stored, for sizing buffers: an upper bound that is exact but for the lengths of the two hosts. */
    public static int bytesMax(MessageDraft draft) {
        // A char is at most three bytes of UTF-8; longer topics are refused by encode.
        int topicBytes = Math.min(TOPIC_BYTES_MAX, draft.topic().length() * 3);
        return OVERHEAD_BYTES_MAX
                + topicBytes
                + draft.properties().remaining()
                + draft.body().remaining();
    }

    /**
     * Writes {@code draft} at index {@code at}. Queue offset, position and store timestamp are left 0 until {@link #assign} fills them in.
     *
     * @param buffer big-endian, with {@link #bytesMax} bytes of room behind {@code at}; its position is not used
     * @return the record's length
     * @throws IllegalArgumentException if the topic or the properties are longer than a record can hold, the topic is empty, or a
     *     host is unresolved
     */
    public static int encode(MessageDraft draft, InetSocketAddress storeHost, ByteBuffer buffer, int at) {
        byte[] bornAddress = address(draft.bornHost());
        byte[] storeAddress = address(storeHost);
        int sysFlag = draft.sysFlag() & ~(SysFlag.BORN_HOST_V6 | SysFlag.STORE_HOST_V6);
        if (bornAddress.length > 4) {
            sysFlag |= SysFlag.BORN_HOST_V6;
        }
        if (storeAddress.length > 4) {
            sysFlag |= SysFlag.STORE_HOST_V6;
        }
        ByteBuffer body = draft.body();
        ByteBuffer properties = draft.properties();
        int bodyBytes = body.remaining();
        int propertiesBytes = properties.remaining();
        if (propertiesBytes > PROPERTIES_BYTES_MAX) {
            throw new IllegalArgumentException("properties of " + propertiesBytes + " bytes, at most "
                    + PROPERTIES_BYTES_MAX + " fit into a message");
        }

        buffer.putInt(at + MAGIC, MAGIC_V1);
        buffer.putInt(at + BODY_CRC, crc(body, body.position(), bodyBytes));
        buffer.putInt(at + QUEUE_ID, draft.queueId());
        buffer.putInt(at + FLAG, draft.flag());
        buffer.putLong(at + QUEUE_OFFSET, 0);
        buffer.putLong(at + POSITION, 0);
        buffer.putInt(at + SYS_FLAG, sysFlag);
        buffer.putLong(at + BORN_TIMESTAMP, draft.bornTimestamp());
        int next = putHost(buffer, at + BORN_HOST, bornAddress, draft.bornHost().getPort());
        buffer.putLong(next, 0);
        next = putHost(buffer, next + Long.BYTES, storeAddress, storeHost.getPort());
        buffer.putInt(next, draft.reconsumeTimes());
        next += Integer.BYTES;
        buffer.putLong(next, draft.preparedPosition());
        next += Long.BYTES;
        buffer.putInt(next, bodyBytes);
        next += Integer.BYTES;
        buffer.put(next, body, body.position(), bodyBytes);
        next += bodyBytes;
        int topicBytes = putTopic(buffer, next + Byte.BYTES, draft.topic());
        buffer.put(next, (byte) topicBytes);
        next += Byte.BYTES + topicBytes;
        buffer.putShort(next, (short) propertiesBytes);
        next += Short.BYTES;
        buffer.put(next, properties, properties.position(), propertiesBytes);
        next += propertiesBytes;
        buffer.putInt(at + LENGTH, next - at);
        return next - at;
    }

    /** Fills in what the log decides when it stores the record. */
    public static void assign(ByteBuffer buffer, int at, long queueOffset, long position, long storeTimestamp) {
        buffer.putLong(at + QUEUE_OFFSET, queueOffset);
        buffer.putLong(at + POSITION, position);
        buffer.putLong(at + STORE_TIMESTAMP + bornExtra(sysFlag(buffer, at)), storeTimestamp);
    }

    /**
     * Makes the copy of a record that was hidden what consumers see of it: with an offset, and the place and time of its publication. A half message
     * becomes a committed one.
     */
    public static void publish(
            ByteBuffer buffer, int at, long queueOffset, long position, long storeTimestamp, long hiddenPosition) {
        int sysFlag = sysFlag(buffer, at);
        if (SysFlag.transaction(sysFlag) == SysFlag.TRANSACTION_PREPARED) {
            buffer.putInt(at + SYS_FLAG, SysFlag.withTransaction(sysFlag, SysFlag.TRANSACTION_COMMIT));
            buffer.putLong(at + PREPARED_POSITION + extra(sysFlag), hiddenPosition);
        }
        assign(buffer, at, queueOffset, position, storeTimestamp);
    }

    /**
     * A copy with other transaction bits and one more property; without the property if there is no room for it.
     *
     * @param transaction see {@link SysFlag#withTransaction}
     * @return the record from index 0 to the capacity
     */
    public static ByteBuffer copyWith(ByteBuffer buffer, int at, int transaction, String name, String value) {
        int propertiesAt = propertiesStart(buffer, at) - at;
        MessageProperties.Builder properties = new MessageProperties.Builder()
                .append(buffer.slice(at + propertiesAt, propertiesLength(buffer, at)))
                .put(name, value);
        if (properties.length() > PROPERTIES_BYTES_MAX) {
            properties.clear().append(buffer.slice(at + propertiesAt, propertiesLength(buffer, at)));
        }
        ByteBuffer view = properties.view();
        int length = propertiesAt + view.remaining();
        ByteBuffer copy = ByteBuffer.allocate(length);
        copy.put(0, buffer, at, propertiesAt);
        copy.putShort(propertiesAt - Short.BYTES, (short) view.remaining());
        copy.put(propertiesAt, view, view.position(), view.remaining());
        copy.putInt(LENGTH, length);
        copy.putInt(SYS_FLAG, SysFlag.withTransaction(sysFlag(buffer, at), transaction));
        return copy;
    }

    /** Computes the body's CRC again, after its bytes were changed in place. */
    public static void sealBody(ByteBuffer buffer, int at) {
        buffer.putInt(at + BODY_CRC, crc(buffer, bodyStart(buffer, at), bodyLength(buffer, at)));
    }

    /** Gives a stored record another place; everything else stays as it is. The record is the same message as before. */
    public static void move(ByteBuffer buffer, int at, long position) {
        buffer.putLong(at + POSITION, position);
    }

    /**
     * Checks that the bytes at {@code at} are one whole record that every accessor can read: all lengths add up within {@code available}
     * bytes. Reads nothing beyond them and allocates nothing, whatever they hold. The body's CRC is a separate question:
     * {@link #bodyIsSound}.
     *
     * @param available how many bytes belong to the record or follow it; the record may be shorter
     */
    public static RecordDefect defect(ByteBuffer buffer, int at, int available) {
        if (available < BYTES_MIN) {
            return RecordDefect.TRUNCATED;
        }
        int length = length(buffer, at);
        if (length < BYTES_MIN || length > available) {
            return RecordDefect.LENGTH;
        }
        if (magic(buffer, at) != MAGIC_V1) {
            return RecordDefect.MAGIC;
        }
        int extra = extra(sysFlag(buffer, at));
        // What is left for body, topic and properties; each length is checked against it before it is used as an index.
        int room = length - OVERHEAD_BYTES - extra;
        if (room < 1) {
            return RecordDefect.LENGTH;
        }
        int bodyLength = buffer.getInt(at + BODY_LENGTH + extra);
        if (bodyLength < 0 || bodyLength > room) {
            return RecordDefect.BODY_LENGTH;
        }
        room -= bodyLength;
        int topicAt = at + BODY + extra + bodyLength;
        int topicLength = buffer.get(topicAt);
        if (topicLength < 1 || topicLength > room) {
            return RecordDefect.TOPIC_LENGTH;
        }
        room -= topicLength;
        int propertiesLength = buffer.getShort(topicAt + Byte.BYTES + topicLength);
        if (propertiesLength != room) {
            return RecordDefect.PROPERTIES_LENGTH;
        }
        if (queueId(buffer, at) < 0 || queueOffset(buffer, at) < 0 || position(buffer, at) < 0) {
            return RecordDefect.NEGATIVE;
        }
        return RecordDefect.NONE;
    }

    /** Whether the body matches its CRC. The record must be free of defects. */
    public static boolean bodyIsSound(ByteBuffer buffer, int at) {
        return crc(buffer, bodyStart(buffer, at), bodyLength(buffer, at)) == bodyCrc(buffer, at);
    }

    private static int crc(ByteBuffer buffer, int at, int length) {
        CRC32 crc = new CRC32();
        if (buffer.hasArray()) {
            crc.update(buffer.array(), buffer.arrayOffset() + at, length);
        } else {
            crc.update(buffer.slice(at, length));
        }
        return (int) crc.getValue() & CRC_MASK;
    }

    private static int bornExtra(int sysFlag) {
        return (sysFlag & SysFlag.BORN_HOST_V6) == 0 ? 0 : HOST_V6_EXTRA;
    }

    private static int extra(int sysFlag) {
        return bornExtra(sysFlag) + ((sysFlag & SysFlag.STORE_HOST_V6) == 0 ? 0 : HOST_V6_EXTRA);
    }

    private static byte[] address(InetSocketAddress host) {
        InetAddress address = host.getAddress();
        if (address == null) {
            throw new IllegalArgumentException("host " + host + " is not resolved to an address");
        }
        return address.getAddress();
    }

    private static int putHost(ByteBuffer buffer, int at, byte[] address, int port) {
        buffer.put(at, address);
        buffer.putInt(at + address.length, port);
        return at + address.length + Integer.BYTES;
    }

    private static InetSocketAddress host(ByteBuffer buffer, int at, boolean v6) {
        byte[] address = new byte[v6 ? 16 : 4];
        buffer.get(at, address);
        int port = buffer.getInt(at + address.length);
        try {
            // Ports come from outside: what is no port is shown as 0 rather than refused, the address may still help
            // somebody.
            return new InetSocketAddress(InetAddress.getByAddress(address), port < 0 || port > 0xFFFF ? 0 : port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address of 4 or 16 bytes", impossible);
        }
    }

    private static int putTopic(ByteBuffer buffer, int at, String topic) {
        int length = topic.length();
        if (length > 0 && length <= TOPIC_BYTES_MAX) {
            int i = 0;
            for (; i < length; i++) {
                char c = topic.charAt(i);
                if (c >= 0x80) {
                    break;
                }
                buffer.put(at + i, (byte) c);
            }
            if (i == length) {
                return length;
            }
        }
        byte[] bytes = topic.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > TOPIC_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "topic of " + bytes.length + " bytes, it must have 1 to " + TOPIC_BYTES_MAX);
        }
        buffer.put(at, bytes);
        return bytes.length;
    }
}
