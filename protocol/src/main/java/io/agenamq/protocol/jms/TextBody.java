// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.jms;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The body of a text message: its characters in UTF-8, so that native consumers read it as they read any text.
 *
 * <p>A Java string may hold surrogates without their pair, for which UTF-8 has no bytes. Such a text is stored as its {@code char}s, high byte
 * first, and its {@link BodyKind} says so: no text comes back as another one.
 */
public final class TextBody {

    private TextBody() {}

    /** How {@code text} is stored. */
    public static BodyKind kindOf(@Nullable String text) {
        if (text == null) {
            return BodyKind.NULL_TEXT;
        }
        return Escapes.hasLonelySurrogate(text) ? BodyKind.UTF16_TEXT : BodyKind.TEXT;
    }

    /** The bytes of {@code text} as {@code kind} has them, which {@link #kindOf} gave. */
    public static ByteBuffer encode(BodyKind kind, @Nullable String text) {
        if (text == null) {
            return ByteBuffer.allocate(0);
        }
        return ByteBuffer.wrap(kind == BodyKind.UTF16_TEXT ? utf16(text) : text.getBytes(StandardCharsets.UTF_8));
    }

    /** Undoes {@link #encode}. A last odd byte of UTF-16 is no character and left out. */
    public static @Nullable String decode(BodyKind kind, byte[] body) {
        return switch (kind) {
            case NULL_TEXT -> null;
            case UTF16_TEXT -> utf16(ByteBuffer.wrap(body));
            default -> new String(body, StandardCharsets.UTF_8);
        };
    }

    static byte[] utf16(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(text.length() * Character.BYTES);
        bytes.asCharBuffer().put(text);
        return bytes.array();
    }

    static String utf16(ByteBuffer bytes) {
        return bytes.asCharBuffer().toString();
    }
}
