// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Map;

/**
 * Prints messages one after the other: headers, properties, an empty line, the body; or one JSON object per line.
 *
 * <pre>
 * topic     orders
 * offset    17
 * id        7F0000010F5C4B1AC5D2…
 * property  colour = blue
 *
 * {"order":17}
 * </pre>
 */
final class MessagePrinter {
    /** Bytes of a binary body that people are shown. */
    private static final int SHOWN_BYTES_MAX = 64;

    private final PrintWriter out;
    private final boolean json;
    private int count;

    MessagePrinter(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** How many have been printed. */
    int count() {
        return count;
    }

    void print(ShownMessage message) {
        if (json) {
            printJson(message);
        } else {
            printText(message);
        }
        count++;
    }

    private void printText(ShownMessage message) {
        if (count > 0) {
            out.println();
        }
        message.headers().forEach((name, value) -> line(name, value.toString()));
        message.properties().forEach((name, value) -> line("property", name + " = " + value));
        out.println();
        out.println(body(message));
    }

    private void line(String name, String value) {
        // Control characters would disturb the terminal.
        out.printf("%-9s %s%n", name, value.replaceAll("\\p{Cntrl}", "·"));
    }

    private static String body(ShownMessage message) {
        String text = message.text();
        if (text != null && text.codePoints().noneMatch(MessagePrinter::disturbsTerminal)) {
            return text;
        }
        ByteBuffer body = message.body().duplicate();
        int size = body.remaining();
        body.limit(body.position() + Math.min(size, SHOWN_BYTES_MAX));
        String kind = message.packedWith() == null ? "bytes" : "bytes packed with " + message.packedWith();
        String part = size > SHOWN_BYTES_MAX ? ", the first " + SHOWN_BYTES_MAX : "";
        return "(" + size + " " + kind + part + " in base64) " + base64(body);
    }

    private static boolean disturbsTerminal(int codePoint) {
        return Character.isISOControl(codePoint) && codePoint != '\n' && codePoint != '\t' && codePoint != '\r';
    }

    private void printJson(ShownMessage message) {
        StringWriter line = new StringWriter();
        try (JsonGenerator generator = new JsonFactory().createGenerator(line)) {
            generator.writeStartObject();
            for (Map.Entry<String, Object> header : message.headers().entrySet()) {
                generator.writeFieldName(header.getKey());
                if (header.getValue() instanceof Number number) {
                    generator.writeNumber(number.longValue());
                } else {
                    generator.writeString(header.getValue().toString());
                }
            }
            generator.writeObjectFieldStart("properties");
            for (Map.Entry<String, String> property : message.properties().entrySet()) {
                generator.writeStringField(property.getKey(), property.getValue());
            }
            generator.writeEndObject();
            String text = message.text();
            if (text != null) {
                generator.writeStringField("body", text);
            } else {
                generator.writeStringField("bodyBase64", base64(message.body().duplicate()));
            }
            if (message.packedWith() != null) {
                generator.writeStringField("packedWith", message.packedWith());
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println(line);
    }

    private static String base64(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return Base64.getEncoder().encodeToString(copy);
    }
}
