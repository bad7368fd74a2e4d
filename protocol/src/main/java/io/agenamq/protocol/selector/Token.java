// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One word of a selector.
 *
 * @param column where it starts; 1 is the first character
 * @param text the identifier, the number as written, or the content of a string without its quotes; else the symbol or keyword
 */
record Token(Kind kind, int column, String text) {

    private static final int SHOWN_LENGTH_MAX = 32;

    enum Kind {
        IDENTIFIER("a property name"),
        STRING("a string"),
        NUMBER("a number"),
        EQUAL("="),
        NOT_EQUAL("<>"),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        PLUS("+"),
        MINUS("-"),
        TIMES("*"),
        DIVIDED("/"),
        OPEN("("),
        CLOSE(")"),
        COMMA(","),
        NULL("NULL"),
        TRUE("TRUE"),
        FALSE("FALSE"),
        NOT("NOT"),
        AND("AND"),
        OR("OR"),
        BETWEEN("BETWEEN"),
        LIKE("LIKE"),
        IN("IN"),
        IS("IS"),
        ESCAPE("ESCAPE"),
        END("the end");

        /** The reserved words of Jakarta Messaging 3.1 §3.8.1.1, in upper case. */
        static final Map<String, Kind> RESERVED = Stream.of(
                        NULL, TRUE, FALSE, NOT, AND, OR, BETWEEN, LIKE, IN, IS, ESCAPE)
                .collect(Collectors.toUnmodifiableMap(Kind::name, Function.identity()));

        private static final int RESERVED_LENGTH_MAX = BETWEEN.name().length();

        private final String spelling;

        Kind(String spelling) {
            this.spelling = spelling;
        }

        /** The symbol or keyword, or words for what has no fixed spelling. */
        String spelling() {
            return spelling;
        }

        /** The kind of a word: a reserved one in any case, else an identifier. */
        static Kind ofWord(String word) {
            return word.length() > RESERVED_LENGTH_MAX
                    ? IDENTIFIER
                    : RESERVED.getOrDefault(word.toUpperCase(Locale.ROOT), IDENTIFIER);
        }
    }

    /** The token for an error message: short, and on one line whatever the text holds. */
    String shown() {
        return switch (kind) {
            case END -> kind.spelling();
            case STRING -> "the string '" + shortened(text) + "'";
            default -> "'" + shortened(text) + "'";
        };
    }

    static String shortened(String text) {
        int end = Math.min(text.length(), SHOWN_LENGTH_MAX);
        StringBuilder shown = new StringBuilder(end + 1);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean printable =
                    !Character.isISOControl(c) && !Character.isSurrogate(c) && c != '\u2028' && c != '\u2029';
            shown.append(printable ? c : '?');
        }
        return end < text.length() ? shown.append('…').toString() : shown.toString();
    }
}
