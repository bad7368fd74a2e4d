// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * View over the fields of a decoded header: no map, and no string until one is asked for. It owns its bytes and stays valid after the
 * frame's body is gone. If a key occurs twice the last one counts.
 *
 * <p>A missing mandatory field or a value of the wrong type is refused with a {@link ProtocolException} that names the field.
 */
public interface Fields {

    /** The value of {@code key}, or {@code null} if there is no such field. */
    @Nullable
    String text(String key);

    /** The value of {@code key}; refused if missing. */
    String requireText(String key);

    /** The number in {@code key}; refused if missing or not an {@code int}. */
    int requireInt(String key);

    /** The number in {@code key}; refused if missing or not a {@code long}. */
    long requireLong(String key);

    /** The number in {@code key} or {@code dflt} if missing or empty; refused if not an {@code int}. */
    int intOr(String key, int dflt);

    /** The number in {@code key} or {@code dflt} if missing or empty; refused if not a {@code long}. */
    long longOr(String key, long dflt);

    /** Whether {@code key} says {@code true} (in any case), or {@code dflt} if missing. */
    boolean flag(String key, boolean dflt);

    /** Whether there is a field {@code key}, empty or not. */
    boolean has(String key);

    /** The UTF-8 bytes of the value with JSON escapes already resolved, as a read-only view; {@code null} if missing. */
    @Nullable
    ByteBuffer bytes(String key);

    /** Visits every field in the order of the wire. Makes strings: not for hot paths. */
    void forEach(BiConsumer<String, String> visitor);
}
