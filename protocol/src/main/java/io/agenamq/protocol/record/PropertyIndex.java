// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where each property of a record stands, found in one pass over its bytes: for readers that ask for several of them, where
 * {@link MessageProperties} would walk once for each. The pass is made when something is asked for the first time.
 *
 * <p>Reusable after {@link #reset}; it makes strings only of what is asked for. Belongs to one thread and to the lifetime of the record's
 * buffer.
 */
public final class PropertyIndex {

    private static final int NAME_START = 0;
    private static final int NAME_LENGTH = 1;
    private static final int VALUE_START = 2;
    private static final int VALUE_LENGTH = 3;
    private static final int INTS = 4;
    private static final int FIRST_CAPACITY = 16;

    /** Not indexed yet. */
    private static final int UNKNOWN = -1;

    private final MessageProperties cursor = new MessageProperties();
    private ByteBuffer record = ByteBuffer.allocate(0);
    private int at;
    private int count;
    private int[] places = new int[FIRST_CAPACITY * INTS];

    /** An index of nothing. */
    public PropertyIndex() {}

    /** Reads the record at index {@code at} of {@code record} from now on. */
    public PropertyIndex reset(ByteBuffer record, int at) {
        this.record = record;
        this.at = at;
        this.count = UNKNOWN;
        return this;
    }

    /** How many properties there are, those included whose name occurs again. */
    public int count() {
        if (count == UNKNOWN) {
            walk();
        }
        return count;
    }

    private void walk() {
        int found = 0;
        cursor.resetToRecord(record, at);
        while (cursor.next()) {
            if (found * INTS == places.length) {
                places = Arrays.copyOf(places, 2 * places.length);
            }
            int to = found++ * INTS;
            places[to + NAME_START] = cursor.nameStart();
            places[to + NAME_LENGTH] = cursor.nameLength();
            places[to + VALUE_START] = cursor.valueStart();
            places[to + VALUE_LENGTH] = cursor.valueLength();
        }
        count = found;
    }

    /** The value of {@code name}, null if there is none; of several the last counts. */
    public @Nullable String find(String name) {
        for (int i = count() - 1; i >= 0; i--) {
            if (nameIs(i, name)) {
                return value(i);
            }
        }
        return null;
    }

    /** Whether the property of number {@code index}, from 0, has this name. */
    public boolean nameIs(int index, String name) {
        int place = index * INTS;
        return MessageProperties.matches(record, places[place + NAME_START], places[place + NAME_LENGTH], name);
    }

    /** The name of the property of number {@code index}, from 0. */
    public String name(int index) {
        int place = index * INTS;
        return MessageProperties.text(record, places[place + NAME_START], places[place + NAME_LENGTH]);
    }

    /** The value of the property of number {@code index}, from 0. */
    public String value(int index) {
        int place = index * INTS;
        return MessageProperties.text(record, places[place + VALUE_START], places[place + VALUE_LENGTH]);
    }
}
