// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

/** UTF-8 written in place, without a charset encoder and its buffers. */
final class Utf8 {

    /** Most bytes one {@code char} of a string needs (a surrogate pair needs four for two). */
    static final int BYTES_PER_CHAR_MAX = 3;

    private static final int REPLACEMENT = '?';

    private Utf8() {}

    /** Writes one code point and returns the index behind it. Half a surrogate pair becomes a question mark. */
    static int put(int point, byte[] out, int at) {
        if (point < 0x80) {
            out[at] = (byte) point;
            return at + 1;
        }
        if (point < 0x800) {
            out[at] = (byte) (0xC0 | point >> 6);
            out[at + 1] = (byte) (0x80 | (point & 0x3F));
            return at + 2;
        }
        if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
            out[at] = REPLACEMENT;
            return at + 1;
        }
        if (point < 0x10000) {
            out[at] = (byte) (0xE0 | point >> 12);
            out[at + 1] = (byte) (0x80 | ((point >> 6) & 0x3F));
            out[at + 2] = (byte) (0x80 | (point & 0x3F));
            return at + 3;
        }
        out[at] = (byte) (0xF0 | point >> 18);
        out[at + 1] = (byte) (0x80 | ((point >> 12) & 0x3F));
        out[at + 2] = (byte) (0x80 | ((point >> 6) & 0x3F));
        out[at + 3] = (byte) (0x80 | (point & 0x3F));
        return at + 4;
    }

    /** Writes a whole string into an array with room for {@link #BYTES_PER_CHAR_MAX} bytes per char. */
    static int put(String text, byte[] out, int from) {
        int at = from;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                out[at++] = (byte) c;
            } else {
                int point = text.codePointAt(i);
                i += Character.charCount(point) - 1;
                at = put(point, out, at);
            }
        }
        return at;
    }
}
