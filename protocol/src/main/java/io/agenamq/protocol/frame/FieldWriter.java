// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link Header} writes its fields. Keys are ASCII constants of the protocol; every value becomes text on the wire. A field whose
 * value is {@code null} is left out.
 */
public interface FieldWriter {

    /** Writes a text field, or nothing for {@code null}. */
    void put(String key, @Nullable String value);

    /** Writes a decimal number. */
    void put(String key, long value);

    /** Writes a decimal number. */
    void put(String key, int value);

    /** Writes {@code true} or {@code false}. */
    void put(String key, boolean value);

    /** Writes the remaining bytes of {@code utf8} as text without making a string of them; the buffer's position does not move. */
    void put(String key, @Nullable ByteBuffer utf8);
}
