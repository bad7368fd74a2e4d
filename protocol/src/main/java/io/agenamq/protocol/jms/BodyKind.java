// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.jms;

import org.jspecify.annotations.Nullable;

/** Which kind of Jakarta message a record is, and so what its body bytes mean. */
public enum BodyKind {

    /** A message without a body. */
    NONE("none"),

    /** The bytes themselves. */
    BYTES("bytes"),

    /** UTF-8 text. */
    TEXT("text"),

    /** Text in UTF-16, two bytes for a {@code char}: for the rare text that UTF-8 has no bytes for, see {@link TextBody}. */
    UTF16_TEXT("utf16-text"),

    /** A text message whose text is null, which is not the empty text. */
    NULL_TEXT("null-text"),

    /** Names and typed values, see {@link TypedBody}. */
    MAP("map"),

    /** Typed values, see {@link TypedBody}. */
    STREAM("stream"),

    /** An object in Java's serialisation; no bytes at all are the null object. */
    OBJECT("object");

    private final String word;

    BodyKind(String word) {
        this.word = word;
    }

    /** The value of {@link JmsProperties#BODY}. */
    public String word() {
        return word;
    }

    /** The kind that {@link JmsProperties#BODY} names; null where it names none of these. */
    static @Nullable BodyKind of(String word) {
        for (BodyKind kind : values()) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        return null;
    }
}
