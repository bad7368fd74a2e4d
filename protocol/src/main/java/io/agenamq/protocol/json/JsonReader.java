// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.json;

import io.agenamq.protocol.frame.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pull reader for the JSON dialect that RocketMQ's clients write (remoting §6). A codec walks the text in one pass:
 *
 * <pre>{@code
 * in.beginObject();
 * for (String name = in.nextName(); name != null; name = in.nextName()) {
 *     switch (name) {
 *         case "topic" -> topic = in.text();
 *         default -> in.skip();
 *     }
 * }
 * }</pre>
 *
 * <p>Lenient where the dialect needs it: member names may be unquoted ({@code {0:"a"}}) or whole objects ({@code {{"queueId":0}:{}}}; the
 * name is then the object's text, the same as if it had been quoted); numbers and texts stand for each other; {@code null} is an empty object
 * or array, a missing text, and the default of a number. Everything else is refused with a {@link ProtocolException} that names the byte.
 *
 * <p>Bounds: nesting of {@link #DEPTH_MAX}; never more memory than the text has. One thread, one pass.
 */
public final class JsonReader {

    /** Deepest nesting. Honest bodies need six. */
    public static final int DEPTH_MAX = 64;

    private static final byte OBJECT = 1;
    private static final byte ARRAY = 2;
    private static final byte NULL = 3;

    private final byte[] in;
    private int at;
    private final int end;

    private final byte[] kinds = new byte[DEPTH_MAX];
    private final boolean[] started = new boolean[DEPTH_MAX];
    private int depth;

    private JsonReader(byte[] bytes, int from, int end) {
        this.in = bytes;
        this.at = from;
        this.end = end;
    }

    /** A reader over the remaining bytes, which are copied unless they are on the heap; the buffer's position does not move. */
    public static JsonReader of(ByteBuffer utf8) {
        if (utf8.hasArray()) {
            int from = utf8.arrayOffset() + utf8.position();
            return new JsonReader(utf8.array(), from, from + utf8.remaining());
        }
        byte[] copy = new byte[utf8.remaining()];
        utf8.get(utf8.position(), copy);
        return new JsonReader(copy, 0, copy.length);
    }

    /** A reader over a text. */
    public static JsonReader of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new JsonReader(bytes, 0, bytes.length);
    }

    /** Enters an object; {@code null} is entered as an empty one. */
    public void beginObject() {
        begin('{', OBJECT, "an object expected");
    }

    /** Enters an array; {@code null} is entered as an empty one. */
    public void beginArray() {
        begin('[', ARRAY, "an array expected");
    }

    private void begin(char open, byte kind, String otherwise) {
        byte first = peek();
        if (depth == DEPTH_MAX) {
            throw malformed("nested deeper than " + DEPTH_MAX);
        }
        if (first == open) {
            at++;
            kinds[depth] = kind;
        } else if (tryNull()) {
            kinds[depth] = NULL;
        } else {
            throw malformed(otherwise);
        }
        started[depth++] = false;
    }

    /** The name of the next member, whose value must then be read or skipped; {@code null} at the end of the object, which is left. */
    public @Nullable String nextName() {
        if (!next(OBJECT, '}')) {
            return null;
        }
        String name;
        byte first = peek();
        if (first == '"' || first == '\'') {
            name = string();
        } else if (first == '{') {
            int from = at;
            skip();
            name = new String(in, from, at - from, StandardCharsets.UTF_8);
        } else {
            name = literal();
        }
        expect(':');
        return name;
    }

    /** Whether there is another element, which must then be read or skipped; the array is left at its end. */
    public boolean nextElement() {
        return next(ARRAY, ']');
    }

    private boolean next(byte kind, char close) {
        int top = depth - 1;
        if (top < 0 || (kinds[top] != kind && kinds[top] != NULL)) {
            throw new IllegalStateException("not inside of what is asked for");
        }
        if (kinds[top] == NULL) {
            depth--;
            return false;
        }
        if (peek() == close) {
            at++;
            depth--;
            return false;
        }
        if (started[top]) {
            expect(',');
            // A comma before the closing bracket is forgiven: some writers leave one.
            if (peek() == close) {
                at++;
                depth--;
                return false;
            }
        }
        started[top] = true;
        return true;
    }

    /** Consumes a {@code null} if one is next. */
    public boolean tryNull() {
        if (peek() == 'n' && end - at >= 4 && in[at + 1] == 'u' && in[at + 2] == 'l' && in[at + 3] == 'l') {
            at += 4;
            return true;
        }
        return false;
    }

    /** A text; a number or boolean as it is written; an object or array as its source text; {@code null} for null. */
    public @Nullable String text() {
        if (tryNull()) {
            return null;
        }
        byte first = peek();
        if (first == '"' || first == '\'') {
            return string();
        }
        if (first == '{' || first == '[') {
            return rawText();
        }
        return literal();
    }

    /** As {@link #text}, with a stand-in for null. */
    public String textOr(String dflt) {
        String text = text();
        return text == null ? dflt : text;
    }

    /** The source text of the next value, whatever it is. */
    public String rawText() {
        peek();
        int from = at;
        skip();
        return new String(in, from, at - from, StandardCharsets.UTF_8);
    }

    /** A 32-bit number, quoted or not; {@code null} and an empty text are {@code dflt}. */
    public int intOr(int dflt) {
        long value = longOr(dflt);
        if (value != (int) value) {
            throw malformed("a 32-bit number expected instead of " + value);
        }
        return (int) value;
    }

    /** A 64-bit number, quoted or not; {@code null} and an empty text are {@code dflt}. */
    public long longOr(long dflt) {
        String text = text();
        if (text == null || text.isEmpty()) {
            return dflt;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notWhole) {
            double value = parseDouble(text);
            if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
                throw malformed("a whole number expected");
            }
            return (long) value;
        }
    }

    /** A number, quoted or not; {@code null} and an empty text are {@code dflt}. */
    public double doubleOr(double dflt) {
        String text = text();
        return text == null || text.isEmpty() ? dflt : parseDouble(text);
    }

    /** A boolean, quoted or not, or a number other than 0; {@code null} is {@code dflt}. */
    public boolean booleanOr(boolean dflt) {
        String text = text();
        if (text == null || text.isEmpty()) {
            return dflt;
        }
        return switch (text) {
            case "true", "TRUE", "True", "1" -> true;
            case "false", "FALSE", "False", "0" -> false;
            default -> throw malformed("a boolean expected");
        };
    }

    /** An array of texts without its nulls. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        beginArray();
        while (nextElement()) {
            String text = text();
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** Passes over one value of any kind, iteratively and with the same bound on nesting. */
    public void skip() {
        int base = depth;
        do {
            boolean value = true;
            if (depth > base) {
                if (kinds[depth - 1] == OBJECT) {
                    value = skipName(base);
                } else {
                    value = nextElement();
                }
            }
            if (value) {
                switch (peek()) {
                    case '{' -> beginObject();
                    case '[' -> beginArray();
                    case '"', '\'' -> skipString();
                    default -> skipLiteral();
                }
            }
        } while (depth > base);
    }

    /** Like {@link #nextName} without making the name; an object as a name becomes part of the skipping, so that nothing recurses. */
    private boolean skipName(int base) {
        if (!next(OBJECT, '}')) {
            return false;
        }
        switch (peek()) {
            case '"', '\'' -> skipString();
            case '{' -> skipObjectName(base);
            default -> skipLiteral();
        }
        expect(':');
        return true;
    }

    /** An object in the place of a name, inside of something that is skipped: flat by bracket matching, because its content is nobody's. */
    private void skipObjectName(int base) {
        int open = 0;
        do {
            switch (peek()) {
                case '"', '\'' -> skipString();
                case '{', '[' -> {
                    open++;
                    at++;
                }
                case '}', ']' -> {
                    open--;
                    at++;
                }
                default -> at++;
            }
            if (open + depth - base > DEPTH_MAX) {
                throw malformed("nested deeper than " + DEPTH_MAX);
            }
        } while (open > 0);
    }

    /** Checks that nothing but blanks is left. */
    public void endOfText() {
        skipBlanks();
        if (at != end) {
            throw malformed("end of text expected");
        }
    }

    private void skipString() {
        byte quote = in[at++];
        while (at < end) {
            byte b = in[at++];
            if (b == quote) {
                return;
            }
            if (b == '\\') {
                at++;
            }
        }
        at = end;
        throw malformed("a string without end");
    }

    private String string() {
        int from = at + 1;
        byte quote = in[at];
        skipString();
        int to = at - 1;
        for (int i = from; i < to; i++) {
            if (in[i] == '\\') {
                return unescaped(from, to, quote);
            }
        }
        return new String(in, from, to - from, StandardCharsets.UTF_8);
    }

    private String unescaped(int from, int to, byte quote) {
        StringBuilder text = new StringBuilder(to - from);
        int i = from;
        while (i < to) {
            int plain = i;
            while (i < to && in[i] != '\\') {
                i++;
            }
            text.append(new String(in, plain, i - plain, StandardCharsets.UTF_8));
            if (i < to) {
                i = appendEscape(i + 1, to, quote, text);
            }
        }
        return text.toString();
    }

    private int appendEscape(int i, int to, byte quote, StringBuilder text) {
        byte escaped = in[i];
        switch (escaped) {
            case '"', '\\', '/', '\'' -> text.append((char) escaped);
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            case 'u' -> {
                if (to - i < 5) {
                    throw malformed("an escape cut short");
                }
                int unit = 0;
                for (int k = i + 1; k <= i + 4; k++) {
                    int digit = Character.digit((char) in[k], 16);
                    if (digit < 0) {
                        throw malformed("a hexadecimal digit expected");
                    }
                    unit = unit << 4 | digit;
                }
                text.append((char) unit);
                return i + 5;
            }
            default -> throw malformed("an unknown escape in a text quoted by " + (char) quote);
        }
        return i + 1;
    }

    private String literal() {
        int from = at;
        skipLiteral();
        return new String(in, from, at - from, StandardCharsets.US_ASCII);
    }

    private void skipLiteral() {
        int from = at;
        while (at < end && isLiteral(in[at])) {
            at++;
        }
        if (from == at) {
            throw malformed("a value expected");
        }
    }

    private static boolean isLiteral(byte b) {
        return (b >= '0' && b <= '9')
                || (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || b == '-'
                || b == '+'
                || b == '.'
                || b == '_'
                || b == '$';
    }

    private double parseDouble(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw malformed("a number expected");
        }
    }

    private void expect(char c) {
        if (peek() != c) {
            throw malformed("'" + c + "' expected");
        }
        at++;
    }

    private byte peek() {
        skipBlanks();
        if (at == end) {
            throw malformed("more expected");
        }
        return in[at];
    }

    private void skipBlanks() {
        while (at < end && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
            at++;
        }
    }

    private ProtocolException malformed(String why) {
        return new ProtocolException("malformed JSON: " + why + " at byte " + at);
    }
}
