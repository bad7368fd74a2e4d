// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import java.nio.charset.StandardCharsets;

/** Comparing and parsing ASCII in place, so that a number in a header never becomes a string first. */
final class Ascii {

    private static final int ECHO_BYTES_MAX = 32;

    private Ascii() {}

    /** Whether {@code text} stands at {@code start}; the caller has checked that so many bytes exist. */
    static boolean equals(byte[] bytes, int start, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (bytes[start + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The same for a {@code text} in lower-case letters, ignoring the case of the bytes. */
    static boolean equalsIgnoringCase(byte[] bytes, int start, String text) {
        for (int i = 0; i < text.length(); i++) {
            if ((bytes[start + i] | 0x20) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hexDigit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** The decimal number in {@code [start, end)}; refused if it is anything else or does not fit. */
    static long parseLong(byte[] bytes, int start, int end) {
        int at = start;
        boolean negative = at < end && bytes[at] == '-';
        if (negative) {
            at++;
        }
        if (at == end) {
            throw notANumber(bytes, start, end);
        }
        // Accumulates negatively, because the negative range is the wider one.
        long value = 0;
        for (; at < end; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9 || value < Long.MIN_VALUE / 10) {
                throw notANumber(bytes, start, end);
            }
            value = value * 10;
            if (value < Long.MIN_VALUE + digit) {
                throw notANumber(bytes, start, end);
            }
            value -= digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw notANumber(bytes, start, end);
        }
        return negative ? value : -value;
    }

    private static ProtocolException notANumber(byte[] bytes, int start, int end) {
        int length = Math.min(end - start, ECHO_BYTES_MAX);
        return new ProtocolException(
                "not a 64-bit number: '" + new String(bytes, start, length, StandardCharsets.ISO_8859_1) + "'");
    }
}
