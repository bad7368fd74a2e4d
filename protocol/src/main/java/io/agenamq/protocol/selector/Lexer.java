// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import io.agenamq.protocol.selector.Token.Kind;

/** Cuts a selector into tokens, one at a time. Comments exist in {@link Typing#COERCING} only: elsewhere {@code 5--a} is a subtraction. */
final class Lexer {

    private final String text;
    private final boolean comments;
    private int at;

    Lexer(String text, Typing typing) {
        this.text = text;
        this.comments = typing == Typing.COERCING;
    }

    Token next() throws SelectorException {
        skipBlanks();
        if (at == text.length()) {
            return new Token(Kind.END, at + 1, "");
        }
        char c = text.charAt(at);
        if (Character.isJavaIdentifierStart(text.codePointAt(at))) {
            return word();
        } else if (isDigit(c) || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
            return number();
        } else if (c == '\'') {
            return string();
        }
        return symbol(c);
    }

    private void skipBlanks() throws SelectorException {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t' || c == '\f' || c == '\n' || c == '\r') {
                at++;
            } else if (comments && text.startsWith("--", at)) {
                while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
                    at++;
                }
            } else if (comments && text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                if (end < 0) {
                    throw new SelectorException(at + 1, "expected '*/' for the comment that starts here");
                }
                at = end + 2;
            } else {
                return;
            }
        }
    }

    private Token word() {
        int start = at;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (!Character.isJavaIdentifierPart(c)) {
                break;
            }
            at += Character.charCount(c);
        }
        String word = text.substring(start, at);
        return new Token(Kind.ofWord(word), start + 1, word);
    }

    /** Takes all that can belong to a number; {@link Numbers#literal} judges the form. */
    private Token number() {
        int start = at;
        boolean hexadecimal = text.startsWith("0x", at) || text.startsWith("0X", at);
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean sign = (c == '+' || c == '-') && isExponentMark(text.charAt(at - 1), hexadecimal);
            if (c != '.' && !sign && !Character.isJavaIdentifierPart(c)) {
                break;
            }
            at++;
        }
        return new Token(Kind.NUMBER, start + 1, text.substring(start, at));
    }

    private static boolean isExponentMark(char c, boolean hexadecimal) {
        return hexadecimal ? c == 'p' || c == 'P' : c == 'e' || c == 'E';
    }

    private Token string() throws SelectorException {
        int start = at;
        int from = at + 1;
        StringBuilder content = new StringBuilder();
        while (true) {
            int quote = text.indexOf('\'', from);
            if (quote < 0) {
                throw new SelectorException(start + 1, "expected a closing quote for the string that starts here");
            }
            content.append(text, from, quote);
            from = quote + 1;
            if (from == text.length() || text.charAt(from) != '\'') {
                at = from;
                return new Token(Kind.STRING, start + 1, content.toString());
            }
            content.append('\'');
            from++;
        }
    }

    private Token symbol(char c) throws SelectorException {
        char following = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        Kind kind =
                switch (c) {
                    case '=' -> Kind.EQUAL;
                    case '<' -> following == '>' ? Kind.NOT_EQUAL : following == '=' ? Kind.LESS_OR_EQUAL : Kind.LESS;
                    case '>' -> following == '=' ? Kind.GREATER_OR_EQUAL : Kind.GREATER;
                    case '+' -> Kind.PLUS;
                    case '-' -> Kind.MINUS;
                    case '*' -> Kind.TIMES;
                    case '/' -> Kind.DIVIDED;
                    case '(' -> Kind.OPEN;
                    case ')' -> Kind.CLOSE;
                    case ',' -> Kind.COMMA;
                    default -> throw new SelectorException(at + 1, unexpected(c, following));
                };
        Token token = new Token(kind, at + 1, kind.spelling());
        at += kind.spelling().length();
        return token;
    }

    private String unexpected(char c, char following) {
        if (c == '!' && following == '=') {
            return "expected '<>' but found '!='";
        } else if (c == '"') {
            return "expected single quotes around a string but found '\"'";
        }
        int end = text.offsetByCodePoints(at, 1);
        return "expected a property, a literal or an operator but found '" + Token.shortened(text.substring(at, end))
                + "'";
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
