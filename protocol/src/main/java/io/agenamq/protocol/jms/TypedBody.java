// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.jms;

import io.agenamq.protocol.record.MalformedRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a stream message (values) and of a map message (names and values): each value with its type, all integers big-endian.
 *
 * <pre>
 *  0         1
 *  +---------+-------+-------+-- … --+
 *  | version | value | value | …     |            a stream, to the end of the body
 *  +---------+-------+-------+-- … --+
 *  | version | name  | value | name … |           a map; a name is a value that is text, and stands once
 *  +---------+-------+-------+-- … --+
 *
 *  0     1
 *  +-----+---------+        tag  type      content
 *  | tag | content |        'n'  null      –
 *  +-----+---------+        'z'  boolean   1: 0 or 1
 *                           'b'  byte      1
 *                           's'  short     2
 *                           'c'  char      2
 *                           'i'  int       4
 *                           'l'  long      8
 *                           'f'  float     4: its raw bits
 *                           'd'  double    8: its raw bits
 *                           't'  text      4 + n: n, and n bytes of UTF-8
 *                           'u'  text      4 + n: n, and n / 2 chars; only where UTF-8 has no bytes for it
 *                           'x'  bytes     4 + n: n, and n bytes
 * </pre>
 *
 * <p>There is no count of the values that a reader would have to believe: what is decoded takes memory in proportion to the bytes that are there.
 * The record's CRC covers the body; here every tag and length is checked before it is used.
 */
public final class TypedBody {

    private static final byte VERSION = 1;

    private static final int HEADER_BYTES = 1;
    private static final int TAG_BYTES = 1;
    private static final int INITIAL_BYTES = 128;

    private TypedBody() {}

    /** Whether these are the bytes of a map or stream without any value. */
    public static boolean isEmpty(ByteBuffer body) {
        return body.remaining() <= HEADER_BYTES;
    }

    /**
     * The bytes of a stream.
     *
     * @param values each null, a string, the box of a primitive, or a {@code byte[]}
     */
    public static ByteBuffer encodeStream(List<? extends @Nullable Object> values) {
        Writer out = new Writer();
        values.forEach(out::value);
        return out.toBuffer();
    }

    /**
     * The bytes of a map.
     *
     * @param values each null, a string, the box of a primitive, or a {@code byte[]}
     */
    public static ByteBuffer encodeMap(Map<String, ? extends @Nullable Object> values) {
        Writer out = new Writer();
        values.forEach((name, value) -> {
            out.text(name);
            out.value(value);
        });
        return out.toBuffer();
    }

    /**
     * The values between position and limit of {@code body}, in the types that they were written with.
     *
     * @throws MalformedRecordException if these are not the bytes of a stream
     */
    public static List<@Nullable Object> decodeStream(ByteBuffer body) {
        Reader in = new Reader(body);
        List<@Nullable Object> values = new ArrayList<>();
        while (in.hasNext()) {
            values.add(in.value());
        }
        return values;
    }

    /**
     * The names and values between position and limit of {@code body}, in the order and the types that they were written with.
     *
     * @throws MalformedRecordException if these are not the bytes of a map
     */
    public static Map<String, @Nullable Object> decodeMap(ByteBuffer body) {
        Reader in = new Reader(body);
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        while (in.hasNext()) {
            if (!(in.value() instanceof String name)) {
                throw new MalformedRecordException("a name in a map body is not text");
            }
            if (values.containsKey(name)) {
                throw new MalformedRecordException("a name stands twice in a map body");
            }
            values.put(name, in.value());
        }
        return values;
    }

    /** A growing body. */
    private static final class Writer {

        private ByteBuffer out = ByteBuffer.allocate(INITIAL_BYTES).put(VERSION);

        ByteBuffer toBuffer() {
            return out.flip();
        }

        void value(@Nullable Object value) {
            if (value == null) {
                tag('n', 0);
            } else if (value instanceof String text) {
                text(text);
            } else if (value instanceof Integer number) {
                tag('i', Integer.BYTES).putInt(number);
            } else if (value instanceof Long number) {
                tag('l', Long.BYTES).putLong(number);
            } else if (value instanceof Boolean bool) {
                tag('z', Byte.BYTES).put((byte) (bool ? 1 : 0));
            } else if (value instanceof Double number) {
                tag('d', Long.BYTES).putLong(Double.doubleToRawLongBits(number));
            } else if (value instanceof Float number) {
                tag('f', Integer.BYTES).putInt(Float.floatToRawIntBits(number));
            } else if (value instanceof byte[] bytes) {
                counted('x', bytes);
            } else if (value instanceof Short number) {
                tag('s', Short.BYTES).putShort(number);
            } else if (value instanceof Byte number) {
                tag('b', Byte.BYTES).put(number);
            } else if (value instanceof Character c) {
                tag('c', Character.BYTES).putChar(c);
            } else {
                throw new IllegalArgumentException("a value cannot be a " + value.getClass());
            }
        }

        void text(String text) {
            if (Escapes.hasLonelySurrogate(text)) {
                counted('u', TextBody.utf16(text));
            } else {
                counted('t', text.getBytes(StandardCharsets.UTF_8));
            }
        }

        private void counted(char tag, byte[] content) {
            tag(tag, Math.addExact(Integer.BYTES, content.length))
                    .putInt(content.length)
                    .put(content);
        }

        /** Puts a tag and makes room for the content. */
        private ByteBuffer tag(char tag, int contentBytes) {
            int needed = Math.addExact(contentBytes, TAG_BYTES);
            if (out.remaining() < needed) {
                int size = Math.addExact(out.position(), needed);
                out = ByteBuffer.wrap(Arrays.copyOf(out.array(), Math.max(size, size + size / 2)))
                        .position(out.position());
            }
            return out.put((byte) tag);
        }
    }

    /** A walk over the values of a body. */
    private static final class Reader {

        private final ByteBuffer in;

        Reader(ByteBuffer body) {
            in = body.slice();
            if (in.remaining() < HEADER_BYTES) {
                throw new MalformedRecordException("a map or stream body without its version");
            }
            byte version = in.get();
            if (version != VERSION) {
                throw new MalformedRecordException(
                        "version " + version + " of a map or stream body; this reads " + VERSION);
            }
        }

        boolean hasNext() {
            return in.hasRemaining();
        }

        @Nullable
        Object value() {
            byte tag = content(TAG_BYTES).get();
            return switch (tag) {
                case 'n' -> null;
                case 'z' -> bool(content(Byte.BYTES).get());
                case 'b' -> content(Byte.BYTES).get();
                case 's' -> content(Short.BYTES).getShort();
                case 'c' -> content(Character.BYTES).getChar();
                case 'i' -> content(Integer.BYTES).getInt();
                case 'l' -> content(Long.BYTES).getLong();
                case 'f' -> Float.intBitsToFloat(content(Integer.BYTES).getInt());
                case 'd' -> Double.longBitsToDouble(content(Long.BYTES).getLong());
                case 't' -> new String(counted(), StandardCharsets.UTF_8);
                case 'u' -> chars(counted());
                case 'x' -> counted();
                default -> throw new MalformedRecordException("no type of a map or stream body has the tag " + tag);
            };
        }

        private static boolean bool(byte value) {
            if (value != 0 && value != 1) {
                throw new MalformedRecordException("a boolean of a map or stream body is " + value);
            }
            return value == 1;
        }

        private static String chars(byte[] content) {
            if (content.length % Character.BYTES != 0) {
                throw new MalformedRecordException("a text in a map or stream body ends inside a character");
            }
            return TextBody.utf16(ByteBuffer.wrap(content));
        }

        private byte[] counted() {
            int length = content(Integer.BYTES).getInt();
            if (length < 0 || length > in.remaining()) {
                throw new MalformedRecordException(
                        "a value of " + length + " bytes in a map or stream body with " + in.remaining() + " left");
            }
            byte[] content = new byte[length];
            in.get(content);
            return content;
        }

        private ByteBuffer content(int bytes) {
            if (in.remaining() < bytes) {
                throw new MalformedRecordException("a map or stream body ends inside a value");
            }
            return in;
        }
    }
}
