// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON header (RocketMQ remoting §1.1) in one pass over its bytes.
 *
 * <p>Strings are not copied. An escape sequence is never shorter than the UTF-8 it stands for (six bytes of {@code \}{@code u0001} for one
 * byte), so escapes are resolved in place: the string shrinks within the header's own array, and a field stays a slice of it. This is what
 * makes the message properties, which RocketMQ sends with two escapes per property, readable as raw bytes.
 *
 * <p>Accepted beyond the letter of the format, because clients do it: numbers where strings belong and the reverse, explicit {@code null},
 * unknown members. One instance reads one header.
 */
final class JsonHeader {

    private final byte[] in;
    private int at;

    /** The bounds of the value read last: its text, without quotes and escapes. */
    private int start;

    private int end;

    private int code;
    private int language = Language.OTHER.code();
    private int version;
    private int opaque;
    private int flag;
    private @Nullable String remark;
    private final HeaderFields fields;

    private JsonHeader(byte[] header) {
        this.in = header;
        this.fields = new HeaderFields(header);
    }

    static Frame decode(byte[] header, ByteBuffer body) {
        JsonHeader reader = new JsonHeader(header);
        reader.readHeader();
        return new Frame(
                HeaderEncoding.JSON,
                reader.code,
                reader.language,
                reader.version,
                reader.opaque,
                reader.flag,
                reader.remark,
                reader.fields,
                body);
    }

    private void readHeader() {
        expect('{');
        boolean seenCode = false;
        for (boolean more = !tryByte('}'); more; more = commaOr('}')) {
            readKey();
            if (keyIs("code")) {
                code = readInt();
                seenCode = true;
            } else if (keyIs("opaque")) {
                opaque = readInt();
            } else if (keyIs("flag")) {
                flag = readInt();
            } else if (keyIs("version")) {
                version = readInt();
            } else if (keyIs("language")) {
                language = readValue() ? Language.codeOf(in, start, end) : Language.OTHER.code();
            } else if (keyIs("remark")) {
                remark = readValue() ? new String(in, start, end - start, StandardCharsets.UTF_8) : null;
            } else if (keyIs("extFields")) {
                readExtFields();
            } else {
                readValue();
            }
        }
        skipBlanks();
        if (at != in.length) {
            throw malformed("end of header expected");
        }
        if (!seenCode) {
            throw new ProtocolException("a JSON header without a code");
        }
    }

    private void readExtFields() {
        if (peek() != '{') {
            if (readValue()) {
                throw malformed("extFields must be an object");
            }
            return;
        }
        at++;
        for (boolean more = !tryByte('}'); more; more = commaOr('}')) {
            readKey();
            int keyStart = start;
            int keyEnd = end;
            if (readValue()) {
                fields.add(keyStart, keyEnd, start, end);
            }
        }
    }

    private void readKey() {
        if (peek() != '"') {
            throw malformed("a member name expected");
        }
        readString();
        int keyStart = start;
        int keyEnd = end;
        expect(':');
        start = keyStart;
        end = keyEnd;
    }

    private boolean keyIs(String name) {
        return end - start == name.length() && Ascii.equals(in, start, name);
    }

    private int readInt() {
        if (!readValue()) {
            return 0;
        }
        long value = Ascii.parseLong(in, start, end);
        if (value != (int) value) {
            throw malformed("a 32-bit number expected");
        }
        return (int) value;
    }

    /** Reads any value and sets its bounds; false for {@code null}. Of an object or array the bounds are its whole text. */
    private boolean readValue() {
        byte first = peek();
        if (first == '"') {
            readString();
            return true;
        }
        if (first == '{' || first == '[') {
            skipNested();
            return true;
        }
        start = at;
        while (at < in.length && isLiteral(in[at])) {
            at++;
        }
        end = at;
        if (start == end) {
            throw malformed("a value expected");
        }
        return !(end - start == 4 && Ascii.equals(in, start, "null"));
    }

    /** Skips an object or array, brackets matched by a bit stack. What is inside is ignored, so its commas are not checked. */
    private void skipNested() {
        int from = at;
        int depth = 0;
        long objects = 0;
        do {
            byte b = peek();
            switch (b) {
                case '"' -> readString();
                case '{', '[' -> {
                    if (++depth > FrameCodec.MAX_JSON_DEPTH) {
                        throw malformed("nested deeper than " + FrameCodec.MAX_JSON_DEPTH);
                    }
                    objects = objects << 1 | (b == '{' ? 1 : 0);
                    at++;
                }
                case '}', ']' -> {
                    if ((objects & 1) != (b == '}' ? 1 : 0)) {
                        throw malformed("brackets do not match");
                    }
                    objects >>>= 1;
                    depth--;
                    at++;
                }
                default -> at++;
            }
        } while (depth > 0);
        start = from;
        end = at;
    }

    private void readString() {
        int i = at + 1;
        start = i;
        while (i < in.length) {
            byte b = in[i];
            if (b == '"') {
                end = i;
                at = i + 1;
                return;
            }
            if (b == '\\') {
                resolveEscapes(i);
                return;
            }
            i++;
        }
        throw malformed("a string without end");
    }

    /** Continues a string at its first backslash, moving its bytes down over the escapes. */
    private void resolveEscapes(int firstEscape) {
        int read = firstEscape;
        int write = firstEscape;
        while (read < in.length) {
            byte b = in[read++];
            if (b == '"') {
                end = write;
                at = read;
                return;
            }
            if (b != '\\') {
                in[write++] = b;
                continue;
            }
            if (read == in.length) {
                break;
            }
            byte escaped = in[read++];
            switch (escaped) {
                case '"', '\\', '/', '\'' -> in[write++] = escaped;
                case 'b' -> in[write++] = '\b';
                case 'f' -> in[write++] = '\f';
                case 'n' -> in[write++] = '\n';
                case 'r' -> in[write++] = '\r';
                case 't' -> in[write++] = '\t';
                case 'u' -> {
                    int unit = hex4(read);
                    read += 4;
                    int point = unit;
                    if (Character.isHighSurrogate((char) unit) && isEscapedUnit(read)) {
                        int low = hex4(read + 2);
                        if (Character.isLowSurrogate((char) low)) {
                            point = Character.toCodePoint((char) unit, (char) low);
                            read += 6;
                        }
                    }
                    write = Utf8.put(point, in, write);
                }
                default -> {
                    at = read;
                    throw malformed("an unknown escape");
                }
            }
        }
        at = in.length;
        throw malformed("a string without end");
    }

    private boolean isEscapedUnit(int i) {
        return in.length - i >= 6 && in[i] == '\\' && in[i + 1] == 'u';
    }

    private int hex4(int from) {
        if (in.length - from < 4) {
            at = in.length;
            throw malformed("an escape cut short");
        }
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Ascii.hexDigit(in[i]);
            if (digit < 0) {
                at = i;
                throw malformed("a hexadecimal digit expected");
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static boolean isLiteral(byte b) {
        return (b >= '0' && b <= '9')
                || (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || b == '-'
                || b == '+'
                || b == '.';
    }

    private void skipBlanks() {
        while (at < in.length && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
            at++;
        }
    }

    private byte peek() {
        if (at < in.length && in[at] > ' ') {
            return in[at];
        }
        skipBlanks();
        if (at == in.length) {
            throw malformed("more expected");
        }
        return in[at];
    }

    private void expect(char c) {
        if (peek() != c) {
            throw malformed("'" + c + "' expected");
        }
        at++;
    }

    private boolean tryByte(char c) {
        if (peek() == c) {
            at++;
            return true;
        }
        return false;
    }

    private boolean commaOr(char close) {
        if (tryByte(',')) {
            return true;
        }
        expect(close);
        return false;
    }

    private ProtocolException malformed(String why) {
        return new ProtocolException("the header is not JSON: " + why + " at byte " + at);
    }
}
