// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes everything of a frame that stands before its body, into one array that is reused: an event loop owns one encoder and allocates
 * nothing per frame. Not safe for use by several threads.
 */
public final class HeaderEncoder implements FieldWriter {

    private static final int INITIAL_BYTES = 1024;
    private static final int CODE_MAX_BINARY = Short.MAX_VALUE;

    /** Bytes that a control character takes in JSON: backslash, u and four digits. */
    private static final int JSON_ESCAPE_BYTES = 6;

    private static final int LONG_DIGITS_MAX = 20;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] out = new byte[INITIAL_BYTES];
    private int at;
    private HeaderEncoding encoding = HeaderEncoding.JSON;
    private boolean anyField;

    /** Scratch space for the digits of a number, filled from the end. */
    private final byte[] digits = new byte[LONG_DIGITS_MAX];

    /** The array that holds the result of the last {@link #encode}, from index 0. It changes with the next call. */
    public byte[] bytes() {
        return out;
    }

    /** How many bytes of {@link #bytes()} belong to the result. */
    public int length() {
        return at;
    }

    /**
     * Encodes the length field, the header word and the header of a frame whose body has {@code bodyLength} bytes.
     *
     * @throws IllegalArgumentException if the code cannot be written in this encoding or the frame would be too long for any peer
     */
    public void encode(
            HeaderEncoding headerEncoding,
            int code,
            int opaque,
            int flag,
            @Nullable String remark,
            Header header,
            int bodyLength) {
        encoding = headerEncoding;
        anyField = false;
        at = FrameCodec.PREFIX_BYTES;
        if (headerEncoding == HeaderEncoding.JSON) {
            encodeJson(code, opaque, flag, remark, header);
        } else {
            encodeBinary(code, opaque, flag, remark, header);
        }
        int headerLength = at - FrameCodec.PREFIX_BYTES;
        long frameLength = (long) Integer.BYTES + headerLength + bodyLength;
        if (headerLength > FrameCodec.MAX_HEADER_BYTES || frameLength > FrameCodec.MAX_FRAME_BYTES) {
            throw new IllegalArgumentException("a frame with a header of " + headerLength + " and a body of "
                    + bodyLength + " bytes is longer than any peer accepts");
        }
        putIntAt(0, (int) frameLength);
        putIntAt(Integer.BYTES, headerEncoding.mark() << 24 | headerLength);
    }

    private void encodeJson(int code, int opaque, int flag, @Nullable String remark, Header header) {
        // The order is that of RocketMQ's own encoder, so that captures can be compared byte by byte.
        putAscii("{\"code\":");
        putDecimal(code);
        header.writeTo(this);
        putAscii(anyField ? "},\"flag\":" : ",\"flag\":");
        putDecimal(flag);
        putAscii(",\"language\":\"JAVA\",\"opaque\":");
        putDecimal(opaque);
        if (remark != null) {
            putAscii(",\"remark\":\"");
            putJsonText(remark);
            putByte('"');
        }
        putAscii(",\"serializeTypeCurrentRPC\":\"JSON\",\"version\":");
        putDecimal(FrameCodec.VERSION);
        putByte('}');
    }

    private void encodeBinary(int code, int opaque, int flag, @Nullable String remark, Header header) {
        if (code > CODE_MAX_BINARY || code < Short.MIN_VALUE) {
            throw new IllegalArgumentException("code " + code + " does not fit into a binary header");
        }
        int base = at;
        ensure(BinaryHeader.REMARK);
        putShortAt(base + BinaryHeader.CODE, code);
        out[base + BinaryHeader.LANGUAGE] = (byte) Language.JAVA.code();
        putShortAt(base + BinaryHeader.VERSION, FrameCodec.VERSION);
        putIntAt(base + BinaryHeader.OPAQUE, opaque);
        putIntAt(base + BinaryHeader.FLAG, flag);
        at = base + BinaryHeader.REMARK;
        if (remark != null) {
            putUtf8(remark);
        }
        putIntAt(base + BinaryHeader.REMARK_LENGTH, at - base - BinaryHeader.REMARK);
        int extLengthAt = at;
        ensure(Integer.BYTES);
        at += Integer.BYTES;
        header.writeTo(this);
        putIntAt(extLengthAt, at - extLengthAt - Integer.BYTES);
    }

    @Override
    public void put(String key, @Nullable String value) {
        if (value == null) {
            return;
        }
        int valueAt = beginField(key);
        if (encoding == HeaderEncoding.JSON) {
            putJsonText(value);
        } else {
            putUtf8(value);
        }
        endField(valueAt);
    }

    @Override
    public void put(String key, long value) {
        int valueAt = beginField(key);
        putDecimal(value);
        endField(valueAt);
    }

    @Override
    public void put(String key, int value) {
        put(key, (long) value);
    }

    @Override
    public void put(String key, boolean value) {
        int valueAt = beginField(key);
        putAscii(value ? "true" : "false");
        endField(valueAt);
    }

    @Override
    public void put(String key, @Nullable ByteBuffer utf8) {
        if (utf8 == null) {
            return;
        }
        int valueAt = beginField(key);
        int length = bounded(utf8.remaining());
        if (encoding == HeaderEncoding.BINARY) {
            ensure(length);
            utf8.get(utf8.position(), out, at, length);
            at += length;
        } else {
            ensure(length * JSON_ESCAPE_BYTES);
            for (int i = utf8.position(); i < utf8.limit(); i++) {
                putJsonByte(utf8.get(i));
            }
        }
        endField(valueAt);
    }

    /** Writes the key; returns where the value begins. */
    private int beginField(String key) {
        if (encoding == HeaderEncoding.JSON) {
            putAscii(anyField ? ",\"" : ",\"extFields\":{\"");
            anyField = true;
            putAscii(key);
            putAscii("\":\"");
        } else {
            ensure(Short.BYTES);
            putShortAt(at, key.length());
            at += Short.BYTES;
            putAscii(key);
            ensure(Integer.BYTES);
            at += Integer.BYTES;
        }
        return at;
    }

    private void endField(int valueAt) {
        if (encoding == HeaderEncoding.JSON) {
            putByte('"');
        } else {
            putIntAt(valueAt - Integer.BYTES, at - valueAt);
        }
    }

    private void putJsonText(String text) {
        ensure(bounded(text.length()) * JSON_ESCAPE_BYTES);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                putJsonByte((byte) c);
            } else {
                int point = text.codePointAt(i);
                i += Character.charCount(point) - 1;
                at = Utf8.put(point, out, at);
            }
        }
    }

    /** One byte of UTF-8 inside a JSON string; the caller made room for an escape. */
    private void putJsonByte(byte b) {
        if (b == '"' || b == '\\') {
            out[at++] = '\\';
            out[at++] = b;
        } else if (b >= 0 && b < 0x20) {
            out[at] = '\\';
            out[at + 1] = 'u';
            out[at + 2] = '0';
            out[at + 3] = '0';
            out[at + 4] = HEX[b >> 4];
            out[at + 5] = HEX[b & 0xF];
            at += JSON_ESCAPE_BYTES;
        } else {
            out[at++] = b;
        }
    }

    private void putDecimal(long value) {
        int first = LONG_DIGITS_MAX;
        long rest = value;
        do {
            digits[--first] = (byte) ('0' + Math.abs(rest % 10));
            rest /= 10;
        } while (rest != 0);
        if (value < 0) {
            digits[--first] = '-';
        }
        int length = LONG_DIGITS_MAX - first;
        ensure(length);
        System.arraycopy(digits, first, out, at, length);
        at += length;
    }

    @SuppressWarnings(
            "deprecation") // String.getBytes(int, int, byte[], int) is the one ASCII copy that allocates nothing.
    private void putAscii(String ascii) {
        int length = ascii.length();
        ensure(length);
        ascii.getBytes(0, length, out, at);
        at += length;
    }

    private void putUtf8(String text) {
        ensure(bounded(text.length()) * Utf8.BYTES_PER_CHAR_MAX);
        at = Utf8.put(text, out, at);
    }

    private void putByte(char ascii) {
        ensure(1);
        out[at++] = (byte) ascii;
    }

    private void putShortAt(int index, int value) {
        out[index] = (byte) (value >> 8);
        out[index + 1] = (byte) value;
    }

    private void putIntAt(int index, int value) {
        out[index] = (byte) (value >> 24);
        out[index + 1] = (byte) (value >> 16);
        out[index + 2] = (byte) (value >> 8);
        out[index + 3] = (byte) value;
    }

    /** Refuses what cannot become part of a header anyway, before its length is multiplied. */
    private static int bounded(int length) {
        if (length > FrameCodec.MAX_HEADER_BYTES) {
            throw new IllegalArgumentException("a field of " + length + " is longer than any header");
        }
        return length;
    }

    private void ensure(int more) {
        if (out.length - at < more) {
            out = Arrays.copyOf(out, Math.max(out.length * 2, at + more));
        }
    }
}
