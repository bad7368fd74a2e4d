// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.retention;

/** Somebody who still needs old messages: a cursor that has not passed them, a transaction that is not decided, a replica that copies. */
@FunctionalInterface
public interface RetentionHold {

    /** What {@link #lowestNeeded} answers if nothing is needed. */
    long NOTHING = Long.MAX_VALUE;

    /**
     * The lowest log position that is still needed; segments that reach behind it stay, whatever their age and however full the disk is.
     * Called on the housekeeper. The answer may grow afterwards, never shrink below what was answered.
     */
    long lowestNeeded();
}
