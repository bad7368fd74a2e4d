// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The compact header (RocketMQ remoting §1.2), read here and written by {@link HeaderEncoder}.
 *
 * <pre>
 * 0      2          3         5        9      13           17
 * +------+----------+---------+--------+------+------------+-- … ---+-----------+----- … -----+
 * | code | language | version | opaque | flag | remark len | remark | ext len E |  E bytes    |
 * +------+----------+---------+--------+------+------------+-- … ---+-----------+----- … -----+
 * one ext entry: | key length (2) | key | value length (4) | value |
 * </pre>
 *
 * <p>A remark or key of length zero means "none". A value of length zero is an empty text, where RocketMQ's own reader sees none: nobody who
 * writes an empty text means less by it.
 */
final class BinaryHeader {

    static final int CODE = 0;
    static final int LANGUAGE = CODE + Short.BYTES;
    static final int VERSION = LANGUAGE + Byte.BYTES;
    static final int OPAQUE = VERSION + Short.BYTES;
    static final int FLAG = OPAQUE + Integer.BYTES;
    static final int REMARK_LENGTH = FLAG + Integer.BYTES;
    static final int REMARK = REMARK_LENGTH + Integer.BYTES;

    private BinaryHeader() {}

    static Frame decode(byte[] bytes, ByteBuffer body) {
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (bytes.length < REMARK + Integer.BYTES) {
            throw new ProtocolException("a binary header of " + bytes.length + " bytes is cut short");
        }
        int remarkLength = length(header, header.getInt(REMARK_LENGTH), REMARK);
        String remark = remarkLength == 0 ? null : new String(bytes, REMARK, remarkLength, StandardCharsets.UTF_8);
        HeaderFields fields = new HeaderFields(bytes);
        int extLengthAt = REMARK + remarkLength;
        if (bytes.length - extLengthAt < Integer.BYTES) {
            throw new ProtocolException("a binary header ends within its remark");
        }
        int at = extLengthAt + Integer.BYTES;
        int end = at + length(header, header.getInt(extLengthAt), at);
        while (at < end) {
            at = readEntry(header, at, end, fields);
        }
        return frame(header, remark, fields, body);
    }

    private static int readEntry(ByteBuffer header, int entryAt, int end, HeaderFields fields) {
        if (end - entryAt < Short.BYTES) {
            throw new ProtocolException("a binary header ends within the length of a key");
        }
        int keyAt = entryAt + Short.BYTES;
        int keyLength = length(header, header.getShort(entryAt), keyAt);
        int valueLengthAt = keyAt + keyLength;
        if (end - valueLengthAt < Integer.BYTES) {
            throw new ProtocolException("a binary header ends within a key");
        }
        int valueAt = valueLengthAt + Integer.BYTES;
        int valueLength = length(header, header.getInt(valueLengthAt), valueAt);
        if (valueLength > end - valueAt) {
            throw new ProtocolException("a binary header ends within a value");
        }
        if (keyLength > 0) {
            fields.add(keyAt, valueLengthAt, valueAt, valueAt + valueLength);
        }
        return valueAt + valueLength;
    }

    /** A length as it stands in the header, checked against what follows it. */
    private static int length(ByteBuffer header, int claimed, int at) {
        if (claimed < 0 || claimed > header.capacity() - at) {
            throw new ProtocolException(
                    "a length of " + claimed + " in a binary header with " + (header.capacity() - at) + " bytes left");
        }
        return claimed;
    }

    private static Frame frame(ByteBuffer header, @Nullable String remark, HeaderFields fields, ByteBuffer body) {
        return new Frame(
                HeaderEncoding.BINARY,
                header.getShort(CODE),
                header.get(LANGUAGE),
                header.getShort(VERSION),
                header.getInt(OPAQUE),
                header.getInt(FLAG),
                remark,
                fields,
                body);
    }
}
