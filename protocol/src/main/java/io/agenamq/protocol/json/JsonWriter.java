// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.json;

import io.agenamq.protocol.frame.Body;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Writes standard JSON: every name quoted, no {@code null} members, nothing that only some parsers accept. Both generations of RocketMQ's
 * clients read it (remoting §6). The caller opens and closes; commas are set here. One thread, one document.
 */
public final class JsonWriter {

    private static final String HEX = "0123456789abcdef";

    private final StringBuilder out = new StringBuilder(256);
    private boolean comma;

    /** Opens an object. */
    public JsonWriter beginObject() {
        return open('{');
    }

    /** Closes an object. */
    public JsonWriter endObject() {
        return close('}');
    }

    /** Opens an array. */
    public JsonWriter beginArray() {
        return open('[');
    }

    /** Closes an array. */
    public JsonWriter endArray() {
        return close(']');
    }

    private JsonWriter open(char bracket) {
        separate();
        out.append(bracket);
        comma = false;
        return this;
    }

    private JsonWriter close(char bracket) {
        out.append(bracket);
        comma = true;
        return this;
    }

    /** The name of a member; its value follows. */
    public JsonWriter name(String name) {
        separate();
        quote(name);
        out.append(':');
        comma = false;
        return this;
    }

    /** A text. */
    public JsonWriter value(String text) {
        separate();
        quote(text);
        return this;
    }

    /** A number. */
    public JsonWriter value(long number) {
        separate();
        out.append(number);
        return this;
    }

    /** A number; one that JSON cannot write becomes 0. */
    public JsonWriter value(double number) {
        separate();
        out.append(Double.isFinite(number) ? number : 0.0);
        return this;
    }

    /** A boolean. */
    public JsonWriter value(boolean flag) {
        separate();
        out.append(flag);
        return this;
    }

    /** A whole JSON value that is already text. */
    public JsonWriter raw(String json) {
        separate();
        out.append(json);
        return this;
    }

    /** A member with a text; nothing at all for {@code null}. */
    public JsonWriter field(String name, @Nullable String text) {
        return text == null ? this : name(name).value(text);
    }

    /** A member with a number. */
    public JsonWriter field(String name, long number) {
        return name(name).value(number);
    }

    /** A member with a number. */
    public JsonWriter field(String name, double number) {
        return name(name).value(number);
    }

    /** A member with a boolean. */
    public JsonWriter field(String name, boolean flag) {
        return name(name).value(flag);
    }

    /** A member with an array of texts. */
    public JsonWriter field(String name, Collection<String> texts) {
        name(name).beginArray();
        texts.forEach(this::value);
        return endArray();
    }

    /** The document so far as the body of a frame. */
    public Body toBody() {
        return Body.of(toBytes());
    }

    /** The document so far in UTF-8. */
    public ByteBuffer toBytes() {
        return ByteBuffer.wrap(out.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The document so far. */
    @Override
    public String toString() {
        return out.toString();
    }

    private void separate() {
        if (comma) {
            out.append(',');
        }
        comma = true;
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
