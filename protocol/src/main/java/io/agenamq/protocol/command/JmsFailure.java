// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Why an application could not process a delivery: the exception that its message listener threw. Its fields stand among those of {@link
 * JmsReleaseRequest}. Both texts are foreign, and may be anything; what is kept of them is short, in one line, and can stand in a property of a message.
 *
 * @param sequence the delivery that failed
 * @param exception name of the exception's class, at most {@value #EXCEPTION_BYTES_MAX} bytes of UTF-8
 * @param message what the exception says, empty for nothing, at most {@value #MESSAGE_BYTES_MAX} bytes of UTF-8
 */
public record JmsFailure(long sequence, String exception, String message) implements Header {

    /** More of a class name says nothing more. */
    public static final int EXCEPTION_BYTES_MAX = 256;

    /** All properties of a message have 32,767 bytes together, and the message's own come first. */
    public static final int MESSAGE_BYTES_MAX = 512;

    /** Bounds both texts. */
    public JmsFailure {
        exception = bounded(exception, EXCEPTION_BYTES_MAX);
        message = bounded(message, MESSAGE_BYTES_MAX);
    }

    /** What a listener threw, which may fail even when it is asked for its message. */
    public static JmsFailure of(long sequence, Throwable thrown) {
        String message;
        try {
            message = thrown.getMessage();
        } catch (RuntimeException | Error foreign) {
            message = null;
        }
        return new JmsFailure(sequence, thrown.getClass().getName(), message == null ? "" : message);
    }

    /** Reads the fields; null if there are none. */
    public static @Nullable JmsFailure readFrom(Fields in) {
        String exception = in.text("x");
        String message = in.text("y");
        return exception == null
                ? null
                : new JmsFailure(in.requireLong("f"), exception, message == null ? "" : message);
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("f", sequence);
        out.put("x", exception);
        out.put("y", message);
    }

    /** As many whole characters as fit, control characters as blanks, and halves of characters as question marks. */
    private static String bounded(String text, int bytesMax) {
        StringBuilder kept = new StringBuilder(Math.min(text.length(), bytesMax));
        int bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int character = text.codePointAt(at);
            at += Character.charCount(character);
            if (Character.isISOControl(character)) {
                character = ' ';
            } else if (Character.getType(character) == Character.SURROGATE) {
                character = '?';
            }
            bytes += utf8Length(character);
            if (bytes > bytesMax) {
                break;
            }
            kept.appendCodePoint(character);
        }
        return kept.toString();
    }

    private static int utf8Length(int character) {
        return Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
    }
}
