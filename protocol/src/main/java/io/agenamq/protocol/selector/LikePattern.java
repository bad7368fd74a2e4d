// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import java.util.Arrays;

/**
 * The pattern of a LIKE: {@code _} is any one character (Unicode code point), {@code %} any run of them, empty and over line ends too.
 *
 * <p>Matched greedily with one remembered {@code %}: when what follows it does not fit, it takes one character more and the rest is tried
 * again. An earlier {@code %} need never be reconsidered, since the leftmost fit of what stands between leaves the most text for the rest. So the
 * work is at most text length × pattern length, never exponential:
 *
 * <pre>
 *   'a%b_d'  on  "axbbcd"      a
 *                               %  takes ""   : b? x  no
 *                               %  takes "x"  : b_ = "bb", d? c  no
 *                               %  takes "xb" : b_d = "bcd"  end: match
 * </pre>
 */
final class LikePattern {

    private static final int ANY_ONE = -1;
    private static final int ANY_RUN = -2;

    /** Code points, {@link #ANY_ONE} and {@link #ANY_RUN}. */
    private final int[] parts;

    /**
     * @param escape the one character that makes the next one ordinary, or "" for none
     */
    LikePattern(String pattern, String escape) {
        int escapeCharacter = escape.isEmpty() ? ANY_ONE : escape.codePointAt(0);
        int[] collected = new int[pattern.length()];
        int count = 0;
        for (int i = 0; i < pattern.length(); ) {
            int c = pattern.codePointAt(i);
            i += Character.charCount(c);
            if (c == escapeCharacter && i < pattern.length()) {
                c = pattern.codePointAt(i);
                i += Character.charCount(c);
            } else if (c == '_') {
                c = ANY_ONE;
            } else if (c == '%') {
                c = ANY_RUN;
            }
            collected[count++] = c;
        }
        this.parts = Arrays.copyOf(collected, count);
    }

    /** Whether the last character of the pattern is an escape character that has nothing left to escape. */
    static boolean endsInEscape(String pattern, String escape) {
        boolean escaping = false;
        for (int i = 0; i < pattern.length(); ) {
            int c = pattern.codePointAt(i);
            i += Character.charCount(c);
            escaping = !escaping && c == escape.codePointAt(0);
        }
        return escaping;
    }

    boolean matches(String text) {
        int part = 0;
        int at = 0;
        int partAfterRun = -1;
        int runEnd = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (part < parts.length && parts[part] == ANY_RUN) {
                part++;
                if (part == parts.length) {
                    return true;
                }
                partAfterRun = part;
                runEnd = at;
            } else if (part < parts.length && (parts[part] == ANY_ONE || parts[part] == c)) {
                part++;
                at += Character.charCount(c);
            } else if (partAfterRun >= 0) {
                runEnd += Character.charCount(text.codePointAt(runEnd));
                at = runEnd;
                part = partAfterRun;
            } else {
                return false;
            }
        }
        while (part < parts.length && parts[part] == ANY_RUN) {
            part++;
        }
        return part == parts.length;
    }
}
