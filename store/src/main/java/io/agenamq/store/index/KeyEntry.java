// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.index;

/**
 * One entry of the key index in a {@code long}: the hash in the upper half, the position relative to the run's base in the lower. Sorted as
 * signed numbers, equal hashes lie together in the order of their positions.
 */
final class KeyEntry {

    private KeyEntry() {}

    static long of(int hash, long relative) {
        return ((long) hash << 32) | relative;
    }

    static int hash(long entry) {
        return (int) (entry >> 32);
    }

    /** 0 to {@link Integer#MAX_VALUE}. */
    static long relative(long entry) {
        return entry & Integer.MAX_VALUE;
    }

    /** The smallest entry with this hash. */
    static long lowest(int hash) {
        return of(hash, 0);
    }
}
