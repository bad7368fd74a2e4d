// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.jms;

import java.util.HexFormat;

/**
 * Text that a record cannot hold as it is: the separators U+0001 and U+0002, and surrogates without their pair, which UTF-8 has no bytes
 * for. An escape is a percent sign and four hexadecimal digits.
 */
final class Escapes {

    private static final HexFormat HEX = HexFormat.of();
    private static final int DIGITS = 4;

    private Escapes() {}

    /** Whether a value has to be escaped. */
    static boolean needed(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= 0x02 ? c != 0 : isLonely(value, i)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a name has to be escaped: as a value, and no comma, as it stands in a list. */
    static boolean neededInName(String name) {
        return name.indexOf(',') >= 0 || needed(name);
    }

    static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2 * (DIGITS + 1));
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' || c == ',' || c <= 0x02 || isLonely(text, i)) {
                out.append('%').append(HEX.toHexDigits(c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** Undoes {@link #encode}; a percent sign that begins no escape stands for itself. */
    static String decode(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && i + DIGITS < text.length() && allHex(text, i + 1)) {
                out.append((char) HexFormat.fromHexDigits(text, i + 1, i + 1 + DIGITS));
                i += DIGITS;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean allHex(String text, int from) {
        for (int i = from; i < from + DIGITS; i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is a surrogate without its pair, so that UTF-8 would lose it. */
    static boolean hasLonelySurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            // One comparison decides for nearly all text there is.
            if (text.charAt(i) >= Character.MIN_SURROGATE && isLonely(text, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLonely(String text, int at) {
        char c = text.charAt(at);
        if (!Character.isSurrogate(c)) {
            return false;
        }
        return Character.isHighSurrogate(c)
                ? at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))
                : at == 0 || !Character.isHighSurrogate(text.charAt(at - 1));
    }
}
