// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a message as they are stored: {@code name 0x01 value 0x02 name 0x01 value 0x02 …} in UTF-8. Older clients leave out the
 * last 0x02. Entries with an empty name or value are ignored; if a name occurs twice, the later one counts.
 *
 * <p>An object of this class is a reusable cursor over raw bytes, for one pass that picks out several names without making strings:
 *
 * <pre>{@code
 * properties.reset(record, propertiesStart, propertiesLength);
 * while (properties.next()) {
 *     if (properties.nameIs(PropertyNames.TAGS)) …
 * }
 * }</pre>
 *
 * The static methods answer single questions. Any bytes are accepted, none can make a method read outside of them. A cursor belongs to one
 * thread.
 */
public final class MessageProperties {

    /** Ends a name. */
    public static final byte NAME_END = 0x01;

    /** Ends a value. */
    public static final byte VALUE_END = 0x02;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer bytes = NOTHING;
    private int next;
    private int end;
    private int nameStart;
    private int nameLength;
    private int valueStart;
    private int valueLength;

    /** A cursor over nothing. */
    public MessageProperties() {}

    /** Puts the cursor before the first property of {@code length} bytes at index {@code at}. */
    public MessageProperties reset(ByteBuffer bytes, int at, int length) {
        this.bytes = bytes;
        this.next = at;
        this.end = at + length;
        return this;
    }

    /** Puts the cursor before the first property of what lies between position and limit. */
    public MessageProperties reset(ByteBuffer bytes) {
        return reset(bytes, bytes.position(), bytes.remaining());
    }

    /** Puts the cursor before the first property of the record at index {@code at}. */
    public MessageProperties resetToRecord(ByteBuffer buffer, int at) {
        int start = MessageRecord.propertiesStart(buffer, at);
        return reset(buffer, start, buffer.getShort(start - Short.BYTES));
    }

    /** Moves to the next property; false at the end. */
    public boolean next() {
        while (next < end) {
            int start = next;
            int nameEnd = -1;
            int i = start;
            for (; i < end; i++) {
                byte b = bytes.get(i);
                if (b == VALUE_END) {
                    break;
                }
                if (b == NAME_END && nameEnd < 0) {
                    nameEnd = i;
                }
            }
            next = i + 1;
            if (nameEnd > start && nameEnd < i - 1) {
                nameStart = start;
                nameLength = nameEnd - start;
                valueStart = nameEnd + 1;
                valueLength = i - valueStart;
                return true;
            }
        }
        return false;
    }

    /** Whether the current name is {@code name}. */
    public boolean nameIs(String name) {
        return matches(bytes, nameStart, nameLength, name);
    }

    /** Whether the current value is {@code value}. */
    public boolean valueIs(String value) {
        return matches(bytes, valueStart, valueLength, value);
    }

    /** Index of the current name's first byte in the buffer. */
    public int nameStart() {
        return nameStart;
    }

    /** Length of the current name in bytes. */
    public int nameLength() {
        return nameLength;
    }

    /** Index of the current value's first byte in the buffer. */
    public int valueStart() {
        return valueStart;
    }

    /** Length of the current value in bytes. */
    public int valueLength() {
        return valueLength;
    }

    /** The current name as a string. */
    public String name() {
        return text(bytes, nameStart, nameLength);
    }

    /** The current value as a string. */
    public String value() {
        return text(bytes, valueStart, valueLength);
    }

    /** {@link String#hashCode} of the current value, without making the string if it is ASCII. This is RocketMQ's tag hash. */
    public int valueHash() {
        int hash = 0;
        for (int i = 0; i < valueLength; i++) {
            byte b = bytes.get(valueStart + i);
            if (b < 0) {
                return value().hashCode();
            }
            hash = 31 * hash + b;
        }
        return hash;
    }

    /** The value of {@code name} among the properties between position and limit of {@code bytes}, null if there is none. */
    public static @Nullable String find(ByteBuffer bytes, String name) {
        return find(bytes, bytes.position(), bytes.remaining(), name);
    }

    /** The value of {@code name} among {@code length} bytes of properties at index {@code at}, null if there is none. */
    public static @Nullable String find(ByteBuffer bytes, int at, int length, String name) {
        MessageProperties cursor = new MessageProperties().reset(bytes, at, length);
        int start = -1;
        int valueLength = 0;
        while (cursor.next()) {
            if (cursor.nameIs(name)) {
                start = cursor.valueStart;
                valueLength = cursor.valueLength;
            }
        }
        return start < 0 ? null : text(bytes, start, valueLength);
    }

    /** The value of {@code name} in the record at index {@code at}, null if there is none. */
    public static @Nullable String findInRecord(ByteBuffer buffer, int at, String name) {
        int start = MessageRecord.propertiesStart(buffer, at);
        return find(buffer, start, buffer.getShort(start - Short.BYTES), name);
    }

    /** All properties in order of their first occurrence. The map belongs to the caller. */
    public static Map<String, String> toMap(ByteBuffer bytes, int at, int length) {
        Map<String, String> map = new LinkedHashMap<>();
        MessageProperties cursor = new MessageProperties().reset(bytes, at, length);
        while (cursor.next()) {
            map.put(cursor.name(), cursor.value());
        }
        return map;
    }

    /** All properties between position and limit, in order of their first occurrence. The map belongs to the caller. */
    public static Map<String, String> toMap(ByteBuffer bytes) {
        return toMap(bytes, bytes.position(), bytes.remaining());
    }

    /** Encodes a map; see {@link Builder#put}. */
    public static ByteBuffer of(Map<String, String> properties) {
        Builder builder = new Builder();
        properties.forEach(builder::put);
        return builder.build();
    }

    /** Whether {@code length} bytes at index {@code at} are {@code text}. */
    static boolean matches(ByteBuffer bytes, int at, int length, String text) {
        if (text.length() == length) {
            for (int i = 0; i < length; i++) {
                char c = text.charAt(i);
                if (c >= 0x80) {
                    return text(bytes, at, length).equals(text);
                }
                if (bytes.get(at + i) != c) {
                    return false;
                }
            }
            return true;
        }
        // Equal lengths are necessary for ASCII; other characters take several bytes each.
        return length > text.length()
                && length <= 3 * text.length()
                && text(bytes, at, length).equals(text);
    }

    static String text(ByteBuffer bytes, int at, int length) {
        byte[] copy = new byte[length];
        bytes.get(at, copy);
        return new String(copy, StandardCharsets.UTF_8);
    }

    /** Builds raw properties; reusable after {@link #clear}. Belongs to one thread. */
    public static final class Builder {

        private byte[] bytes = new byte[256];
        private int length;

        /** An empty builder. */
        public Builder() {}

        /** Forgets everything that was added. */
        public Builder clear() {
            length = 0;
            return this;
        }

        /** Adds properties that are encoded already, read between position and limit, and closes them with 0x02 if they are not. */
        public Builder append(ByteBuffer raw) {
            int count = raw.remaining();
            if (count == 0) {
                return this;
            }
            reserve(count + 1);
            raw.get(raw.position(), bytes, length, count);
            length += count;
            if (bytes[length - 1] != VALUE_END) {
                bytes[length++] = VALUE_END;
            }
            return this;
        }

        /**
         * Adds one property. An empty value cannot be stored and is left out, as readers would.
         *
         * @throws IllegalArgumentException if the name is empty, or name or value contain the characters U+0001 or U+0002
         */
        public Builder put(String name, String value) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a property needs a name");
            }
            if (value.isEmpty()) {
                return this;
            }
            text(name);
            reserve(1);
            bytes[length++] = NAME_END;
            text(value);
            reserve(1);
            bytes[length++] = VALUE_END;
            return this;
        }

        /** Bytes added so far. */
        public int length() {
            return length;
        }

        /** What was added, as a view of the builder that is valid until the next change. */
        public ByteBuffer view() {
            return ByteBuffer.wrap(bytes, 0, length);
        }

        /** What was added, as a copy. */
        public ByteBuffer build() {
            return ByteBuffer.wrap(Arrays.copyOf(bytes, length));
        }

        private void text(String text) {
            int count = text.length();
            reserve(count);
            for (int i = 0; i < count; i++) {
                char c = text.charAt(i);
                if (c == NAME_END || c == VALUE_END) {
                    throw new IllegalArgumentException(
                            "property text contains the separator U+000" + (int) c + " at index " + i);
                }
                if (c >= 0x80) {
                    byte[] rest = text.substring(i).getBytes(StandardCharsets.UTF_8);
                    for (byte b : rest) {
                        if (b == NAME_END || b == VALUE_END) {
                            throw new IllegalArgumentException("property text contains the separator U+000" + b);
                        }
                    }
                    reserve(rest.length);
                    System.arraycopy(rest, 0, bytes, length, rest.length);
                    length += rest.length;
                    return;
                }
                bytes[length++] = (byte) c;
            }
        }

        private void reserve(int count) {
            if (bytes.length - length < count) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
            }
        }
    }
}
