// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import jakarta.jms.MessageFormatException;
import org.jspecify.annotations.Nullable;

/**
 * What the values in the bodies of map and stream messages may be read as, where that is more than for a property (Jakarta Messaging 3.1 §3.11.3).
 * Numbers and booleans are converted as in {@link PropertyValue}; beyond them there are two types, which convert to nearly nothing:
 *
 * <pre>
 *   set as    boolean … double  char  String  byte[]     readable as
 *   char                         x      x
 *   String    x       … x               x
 *   byte[]                                      x
 * </pre>
 */
final class BodyValue {

    private BodyValue() {}

    /** Whether a map or stream can hold this value. */
    static boolean isAllowed(@Nullable Object value) {
        return PropertyValue.isAllowed(value) || value instanceof Character || value instanceof byte[];
    }

    /** The value itself, refused with a message that names {@code place} if a map or stream cannot hold it; a copy of an array. */
    static @Nullable Object requireAllowed(@Nullable Object value, String place) throws MessageFormatException {
        if (!isAllowed(value)) {
            throw new MessageFormatException(place + " cannot be a "
                    + (value == null ? null : value.getClass().getName())
                    + ": only strings, boxed primitives and byte arrays can be");
        }
        return copy(value);
    }

    /** The value, or a copy where it can change. */
    static @Nullable Object copy(@Nullable Object value) {
        return value instanceof byte[] bytes ? bytes.clone() : value;
    }

    /** Reads as char. Null has none: a {@link NullPointerException}. */
    static char toChar(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Character c) {
            return c;
        } else if (value == null) {
            throw new NullPointerException("a value that is null is no char");
        }
        throw refused(value, "char");
    }

    /** Reads as text, which everything but bytes can. */
    static @Nullable String toText(@Nullable Object value) throws MessageFormatException {
        if (value instanceof byte[]) {
            throw refused(value, "String");
        }
        return PropertyValue.toText(value);
    }

    /** Reads as bytes: a copy. */
    static byte @Nullable [] toBytes(@Nullable Object value) throws MessageFormatException {
        if (value instanceof byte[] bytes) {
            return bytes.clone();
        } else if (value == null) {
            return null;
        }
        throw refused(value, "byte[]");
    }

    private static MessageFormatException refused(Object value, String type) {
        return new MessageFormatException("a " + value.getClass().getSimpleName() + " cannot be read as " + type);
    }
}
