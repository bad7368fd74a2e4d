// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.jms;

import org.jspecify.annotations.Nullable;

/**
 * What the text of a stored property stands for. The forms other than plain text are listed in {@link JmsProperties#TYPES} as
 * {@code <letter><stored name>}, separated by commas:
 *
 * <pre>
 *   weight=2.5  pieces=3  note=""  city=Bern      stored:  weight 0x01 2.5 0x02 pieces 0x01 3 0x02 city 0x01 Bern 0x02
 *                                                          JMS_AGENA_TYPES 0x01 dweight,ipieces,enote 0x02
 * </pre>
 */
enum PropertyForm {
    PLAIN(' '),
    BOOLEAN('z'),
    BYTE('b'),
    SHORT('s'),
    INT('i'),
    LONG('l'),
    FLOAT('f'),
    DOUBLE('d'),
    /** The value null: no property is stored. */
    NULL('n'),
    /** The empty text, which a record cannot hold: no property is stored. */
    EMPTY('e'),
    /** Text with characters that a record cannot hold, escaped by {@link Escapes}. */
    ESCAPED('x');

    final char letter;

    PropertyForm(char letter) {
        this.letter = letter;
    }

    /** The form in which {@code value} is stored; null for a class that no property can have. */
    static @Nullable PropertyForm of(@Nullable Object value) {
        if (value instanceof String text) {
            return text.isEmpty() ? EMPTY : Escapes.needed(text) ? ESCAPED : PLAIN;
        } else if (value instanceof Integer) {
            return INT;
        } else if (value instanceof Long) {
            return LONG;
        } else if (value instanceof Boolean) {
            return BOOLEAN;
        } else if (value instanceof Double) {
            return DOUBLE;
        } else if (value instanceof Float) {
            return FLOAT;
        } else if (value instanceof Short) {
            return SHORT;
        } else if (value instanceof Byte) {
            return BYTE;
        }
        return value == null ? NULL : null;
    }

    static PropertyForm of(char letter) {
        for (PropertyForm form : values()) {
            if (form.letter == letter) {
                return form;
            }
        }
        return PLAIN;
    }

    /** The value that {@code text} stands for; the text itself where it does not parse, as somebody else must have written it. */
    @Nullable
    Object value(String text) {
        try {
            return switch (this) {
                case PLAIN -> text;
                case BOOLEAN -> Boolean.valueOf(text);
                case BYTE -> Byte.valueOf(text);
                case SHORT -> Short.valueOf(text);
                case INT -> Integer.valueOf(text);
                case LONG -> Long.valueOf(text);
                case FLOAT -> Float.valueOf(text);
                case DOUBLE -> Double.valueOf(text);
                case NULL -> null;
                case EMPTY -> "";
                case ESCAPED -> Escapes.decode(text);
            };
        } catch (NumberFormatException notOurs) {
            return text;
        }
    }
}
