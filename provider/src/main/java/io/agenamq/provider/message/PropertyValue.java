// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import jakarta.jms.MessageFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The conversions of Jakarta Messaging 3.1 §3.5.4: which type a property may be read as, given the type it was set with.
 *
 * <pre>
 *   set as    boolean  byte  short  int  long  float  double  String     readable as
 *   boolean      x                                               x
 *   byte                 x      x    x     x                     x
 *   short                       x    x     x                     x
 *   int                              x     x                     x
 *   long                                   x                     x
 *   float                                        x      x        x
 *   double                                              x        x
 *   String       x       x      x    x     x     x      x        x      (if it parses)
 * </pre>
 *
 * <p>A missing property and a null value are read like {@code valueOf(null)} of the wanted type: false, a {@link NumberFormatException}, or for
 * floating point a {@link NullPointerException}.
 */
public final class PropertyValue {

    private PropertyValue() {}

    /** Whether a property may have this value: null, a string or a boxed primitive that is no character. */
    public static boolean isAllowed(@Nullable Object value) {
        return value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Byte
                || value instanceof Short
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Float
                || value instanceof Double;
    }

    /** Reads as boolean. */
    public static boolean toBoolean(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Boolean bool) {
            return bool;
        } else if (value == null || value instanceof String) {
            return Boolean.parseBoolean((String) value);
        }
        throw refused(value, "boolean");
    }

    /** Reads as byte. */
    public static byte toByte(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Byte number) {
            return number;
        } else if (value == null || value instanceof String) {
            return Byte.parseByte((String) value);
        }
        throw refused(value, "byte");
    }

    /** Reads as short. */
    public static short toShort(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Short || value instanceof Byte) {
            return ((Number) value).shortValue();
        } else if (value == null || value instanceof String) {
            return Short.parseShort((String) value);
        }
        throw refused(value, "short");
    }

    /** Reads as int. */
    public static int toInt(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).intValue();
        } else if (value == null || value instanceof String) {
            return Integer.parseInt((String) value);
        }
        throw refused(value, "int");
    }

    /** Reads as long. */
    public static long toLong(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        } else if (value == null || value instanceof String) {
            return Long.parseLong((String) value);
        }
        throw refused(value, "long");
    }

    /** Reads as float. */
    public static float toFloat(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Float number) {
            return number;
        } else if (value == null || value instanceof String) {
            return Float.parseFloat(requireText(value));
        }
        throw refused(value, "float");
    }

    /** Reads as double. */
    public static double toDouble(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue();
        } else if (value == null || value instanceof String) {
            return Double.parseDouble(requireText(value));
        }
        throw refused(value, "double");
    }

    /** Reads as text; every type can. */
    public static @Nullable String toText(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static String requireText(@Nullable Object value) {
        if (value == null) {
            throw new NullPointerException("a property that is null has no floating-point value");
        }
        return (String) value;
    }

    private static MessageFormatException refused(Object value, String type) {
        return new MessageFormatException("a " + value.getClass().getSimpleName() + " cannot be read as " + type);
    }
}
