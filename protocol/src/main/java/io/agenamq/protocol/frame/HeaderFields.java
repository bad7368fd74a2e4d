// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a header as slices of its bytes: four numbers per field (key start and end, value start and end). A look-up walks the few
 * fields from the last one and compares lengths first; for the dozen fields of a command that is cheaper than building a map.
 */
final class HeaderFields implements Fields {

    /** More fields than this are refused: no command has more than thirty, and the index must not outgrow the header. */
    static final int COUNT_MAX = 256;

    private static final int STRIDE = 4;
    private static final int INITIAL_COUNT = 20;
    private static final int[] NONE = new int[0];

    /** No fields at all. */
    static final HeaderFields EMPTY = new HeaderFields(new byte[0]);

    private final byte[] header;
    private int[] index = NONE;
    private int count;

    HeaderFields(byte[] header) {
        this.header = header;
    }

    /** Called by the decoders only, before the frame is published. */
    void add(int keyStart, int keyEnd, int valueStart, int valueEnd) {
        int at = count * STRIDE;
        if (at == index.length) {
            if (count == COUNT_MAX) {
                throw new ProtocolException("a header with more than " + COUNT_MAX + " fields");
            }
            index = Arrays.copyOf(index, Math.min(COUNT_MAX, Math.max(INITIAL_COUNT, count * 2)) * STRIDE);
        }
        index[at] = keyStart;
        index[at + 1] = keyEnd;
        index[at + 2] = valueStart;
        index[at + 3] = valueEnd;
        count++;
    }

    /** Where the entry of {@code key} begins in the index, or -1. */
    private int find(String key) {
        int length = key.length();
        for (int at = (count - 1) * STRIDE; at >= 0; at -= STRIDE) {
            int start = index[at];
            if (index[at + 1] - start == length && Ascii.equals(header, start, key)) {
                return at;
            }
        }
        return -1;
    }

    private int require(String key) {
        int at = find(key);
        if (at < 0) {
            throw new ProtocolException("the mandatory field " + key + " is missing");
        }
        return at;
    }

    private boolean isEmpty(int at) {
        return index[at + 2] == index[at + 3];
    }

    private String textAt(int at) {
        return new String(header, index[at + 2], index[at + 3] - index[at + 2], StandardCharsets.UTF_8);
    }

    private long longAt(int at, String key) {
        try {
            return Ascii.parseLong(header, index[at + 2], index[at + 3]);
        } catch (ProtocolException e) {
            throw new ProtocolException("field " + key + ": " + e.getMessage());
        }
    }

    private int intAt(int at, String key) {
        long value = longAt(at, key);
        if (value != (int) value) {
            throw new ProtocolException("field " + key + ": " + value + " does not fit into 32 bits");
        }
        return (int) value;
    }

    @Override
    public @Nullable String text(String key) {
        int at = find(key);
        return at < 0 ? null : textAt(at);
    }

    @Override
    public String requireText(String key) {
        return textAt(require(key));
    }

    @Override
    public int requireInt(String key) {
        return intAt(require(key), key);
    }

    @Override
    public long requireLong(String key) {
        return longAt(require(key), key);
    }

    @Override
    public int intOr(String key, int dflt) {
        int at = find(key);
        return at < 0 || isEmpty(at) ? dflt : intAt(at, key);
    }

    @Override
    public long longOr(String key, long dflt) {
        int at = find(key);
        return at < 0 || isEmpty(at) ? dflt : longAt(at, key);
    }

    @Override
    public boolean flag(String key, boolean dflt) {
        int at = find(key);
        if (at < 0) {
            return dflt;
        }
        return index[at + 3] - index[at + 2] == 4 && Ascii.equalsIgnoringCase(header, index[at + 2], "true");
    }

    @Override
    public boolean has(String key) {
        return find(key) >= 0;
    }

    @Override
    public @Nullable ByteBuffer bytes(String key) {
        int at = find(key);
        if (at < 0) {
            return null;
        }
        return ByteBuffer.wrap(header, index[at + 2], index[at + 3] - index[at + 2])
                .slice()
                .asReadOnlyBuffer();
    }

    @Override
    public void forEach(BiConsumer<String, String> visitor) {
        for (int at = 0; at < count * STRIDE; at += STRIDE) {
            String key = new String(header, index[at], index[at + 1] - index[at], StandardCharsets.UTF_8);
            visitor.accept(key, textAt(at));
        }
    }
}
