// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Values that others hang onto a connection, one of each class: read often, put once. Any thread. */
final class AttachedValues {

    /** Pairs of class and value, copied on every change. */
    private volatile Object[] pairs = new Object[0];

    /** Puts a value in the place of the one of its class, if there is one. */
    synchronized <T> void put(Class<T> type, T value) {
        Object[] old = pairs;
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] == type) {
                Object[] changed = old.clone();
                changed[i + 1] = value;
                pairs = changed;
                return;
            }
        }
        Object[] grown = Arrays.copyOf(old, old.length + 2);
        grown[old.length] = type;
        grown[old.length + 1] = value;
        pairs = grown;
    }

    /** The value of a class, null if there is none. */
    <T> @Nullable T get(Class<T> type) {
        Object[] known = pairs;
        for (int i = 0; i < known.length; i += 2) {
            if (known[i] == type) {
                return type.cast(known[i + 1]);
            }
        }
        return null;
    }
}
