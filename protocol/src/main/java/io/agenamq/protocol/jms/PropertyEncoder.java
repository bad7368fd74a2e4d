// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.jms;

import io.agenamq.protocol.record.MessageProperties;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the headers and properties of one Jakarta message as the raw properties of a record. Reusable after {@link #clear}; belongs to one
 * thread.
 */
public final class PropertyEncoder {

    private final MessageProperties.Builder raw = new MessageProperties.Builder();
    private final StringBuilder types = new StringBuilder();

    /** Begins the next message. */
    public PropertyEncoder clear() {
        raw.clear();
        types.setLength(0);
        return this;
    }

    /** Adds a property that is stored under exactly this name: a header, or one of RocketMQ's. Null is left out. */
    public PropertyEncoder header(String name, @Nullable String value) {
        if (value != null) {
            put(name, value);
        }
        return this;
    }

    /**
     * Adds a property of the application.
     *
     * @param value null, a {@code String}, or the box of a primitive number or boolean
     * @throws IllegalArgumentException for an empty name or a value of another class
     */
    public PropertyEncoder property(String name, @Nullable Object value) {
        put(storedName(name), value);
        return this;
    }

    /** The bytes of everything that was added. The buffer belongs to the caller. */
    public ByteBuffer build() {
        if (types.length() > 0) {
            raw.put(JmsProperties.TYPES, types.toString());
        }
        return raw.build();
    }

    private void put(String storedName, @Nullable Object value) {
        PropertyForm form = PropertyForm.of(value);
        if (form == null) {
            throw new IllegalArgumentException("a property cannot be a " + (value == null ? null : value.getClass()));
        }
        if (form != PropertyForm.PLAIN) {
            if (types.length() > 0) {
                types.append(',');
            }
            types.append(form.letter).append(storedName);
        }
        switch (form) {
            case NULL, EMPTY -> {}
            case ESCAPED -> raw.put(storedName, Escapes.encode(String.valueOf(value)));
            default -> raw.put(storedName, String.valueOf(value));
        }
    }

    /** The name under which a property of the application is stored. */
    static String storedName(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a property needs a name");
        }
        return JmsProperties.isApplication(name)
                        && !name.startsWith(JmsProperties.VENDOR_PREFIX)
                        && !Escapes.neededInName(name)
                ? name
                : JmsProperties.RENAMED_PREFIX + Escapes.encode(name);
    }

    /** Undoes {@link #storedName}. */
    static String applicationName(String storedName) {
        return storedName.startsWith(JmsProperties.RENAMED_PREFIX)
                ? Escapes.decode(storedName.substring(JmsProperties.RENAMED_PREFIX.length()))
                : storedName;
    }
}
