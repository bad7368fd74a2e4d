// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import org.jspecify.annotations.Nullable;

/** Numbers of the selector language: literals in Java's syntax, property texts, negation, comparison. Nothing here throws. */
final class Numbers {

    private Numbers() {}

    /** Whether the value has one of the numeric property types of Jakarta Messaging 3.1 §3.5.4. */
    static boolean isNumber(Object value) {
        return value instanceof Long
                || value instanceof Integer
                || value instanceof Double
                || value instanceof Float
                || value instanceof Short
                || value instanceof Byte;
    }

    static boolean isApproximate(Number number) {
        return number instanceof Double || number instanceof Float;
    }

    static boolean holds(Relation relation, Number left, Number right) {
        return (isApproximate(left) || isApproximate(right))
                ? relation.holds(left.doubleValue(), right.doubleValue())
                : relation.holds(left.longValue(), right.longValue());
    }

    /** The number with its sign changed; null for the one {@code long} that has no counterpart. */
    static @Nullable Number negated(Number number) {
        if (isApproximate(number)) {
            return -number.doubleValue();
        }
        long value = number.longValue();
        return value == Long.MIN_VALUE ? null : Long.valueOf(-value);
    }

    /**
     * The value of a literal in Java's syntax for integer and floating-point literals (decimal, hexadecimal, octal, binary, underscores,
     * suffixes), as Jakarta Messaging 3.1 §3.8.1.1 wants it; integers always have the range of {@code long}.
     *
     * @param negative whether a minus sign stands before it, which is part of the literal here so that {@code -9223372036854775808} exists
     * @return null if the text is no such literal or its value is out of range
     */
    static @Nullable Number literal(String text, boolean negative) {
        String digits = withoutSeparators(text);
        if (digits == null) {
            return null;
        }
        try {
            return isFloatingPoint(digits) ? floatingPoint(digits, negative) : integer(digits, negative);
        } catch (NumberFormatException malformed) {
            return null;
        }
    }

    private static @Nullable String withoutSeparators(String text) {
        StringBuilder digits = new StringBuilder(text.length());
        int radix = isHexadecimal(text) ? 16 : 10;
        char previous = 0;
        boolean separated = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '_') {
                separated = true;
                continue;
            }
            boolean betweenDigits = Character.digit(previous, radix) >= 0 && Character.digit(c, radix) >= 0;
            if (c >= 128 || (separated && !betweenDigits)) {
                return null;
            }
            digits.append(c);
            previous = c;
            separated = false;
        }
        return separated ? null : digits.toString();
    }

    private static boolean isHexadecimal(String digits) {
        return digits.startsWith("0x") || digits.startsWith("0X");
    }

    private static boolean isBinary(String digits) {
        return digits.startsWith("0b") || digits.startsWith("0B");
    }

    private static boolean isFloatingPoint(String digits) {
        String marks = isHexadecimal(digits) ? ".pP" : isBinary(digits) ? "" : ".eEfFdD";
        return digits.chars().anyMatch(c -> marks.indexOf(c) >= 0);
    }

    private static @Nullable Number floatingPoint(String digits, boolean negative) {
        char last = digits.charAt(digits.length() - 1);
        boolean single = last == 'f' || last == 'F';
        double value = single ? Float.parseFloat(digits) : Double.parseDouble(digits);
        boolean outOfRange = Double.isInfinite(value) || (value == 0 && hasNonZeroDigit(digits));
        return outOfRange ? null : Double.valueOf(negative ? -value : value);
    }

    private static boolean hasNonZeroDigit(String digits) {
        boolean hexadecimal = isHexadecimal(digits);
        for (int i = hexadecimal ? 2 : 0; i < digits.length(); i++) {
            char c = Character.toLowerCase(digits.charAt(i));
            if (c == (hexadecimal ? 'p' : 'e')) {
                return false;
            }
            if (Character.digit(c, hexadecimal ? 16 : 10) > 0) {
                return true;
            }
        }
        return false;
    }

    private static Long integer(String digits, boolean negative) {
        int end = digits.length();
        if (digits.endsWith("l") || digits.endsWith("L")) {
            end--;
        }
        if (isHexadecimal(digits)) {
            return bits(digits.substring(2, end), 16, negative);
        }
        if (isBinary(digits)) {
            return bits(digits.substring(2, end), 2, negative);
        }
        if (digits.charAt(0) == '0' && end > 1) {
            return bits(digits.substring(1, end), 8, negative);
        }
        return Long.valueOf((negative ? "-" : "") + digits.substring(0, end));
    }

    /** As in Java, these forms give the 64 bits of the value: {@code 0xFFFFFFFFFFFFFFFF} is -1. */
    private static Long bits(String digits, int radix, boolean negative) {
        long value = Long.parseUnsignedLong(digits, radix);
        return negative ? -value : value;
    }

    /**
     * The text of a property as a {@code Long}: an optional sign and decimal digits. Null if it is something else.
     *
     * <p>Written out because {@link Long#parseLong} reports by exception, and a filter meets foreign texts with every message.
     */
    static @Nullable Long parseExact(String text) {
        int length = text.length();
        int i = 0;
        boolean negative = false;
        if (length > 0 && (text.charAt(0) == '-' || text.charAt(0) == '+')) {
            negative = text.charAt(0) == '-';
            i++;
        }
        if (i == length) {
            return null;
        }
        // Collected as a negative number: Long.MIN_VALUE has no positive counterpart.
        long value = 0;
        for (; i < length; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value < Long.MIN_VALUE / 10) {
                return null;
            }
            value *= 10;
            if (value < Long.MIN_VALUE + digit) {
                return null;
            }
            value -= digit;
        }
        if (negative) {
            return value;
        }
        return value == Long.MIN_VALUE ? null : Long.valueOf(-value);
    }

    /**
     * The text of a property as a {@code Double}: what {@link Double#toString} writes and decimal notation in general. Null if it is something
     * else; again without the cost of an exception.
     */
    static @Nullable Double parseApproximate(String text) {
        int length = text.length();
        int i = 0;
        if (length > 0 && (text.charAt(0) == '-' || text.charAt(0) == '+')) {
            i++;
        }
        if (text.startsWith("NaN", i) || text.startsWith("Infinity", i)) {
            return length == i + (text.charAt(i) == 'N' ? 3 : 8) ? Double.valueOf(text) : null;
        }
        int whole = digitsFrom(text, i);
        i += whole;
        int fraction = 0;
        if (i < length && text.charAt(i) == '.') {
            fraction = digitsFrom(text, i + 1);
            i += 1 + fraction;
        }
        if (whole + fraction == 0) {
            return null;
        }
        if (i < length && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
            i++;
            if (i < length && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
                i++;
            }
            int exponent = digitsFrom(text, i);
            if (exponent == 0) {
                return null;
            }
            i += exponent;
        }
        return i == length ? Double.valueOf(text) : null;
    }

    private static int digitsFrom(String text, int start) {
        int i = start;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i - start;
    }
}
