// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import java.nio.ByteBuffer;

/**
 * Decides which messages of a queue a pull returns, in two steps so that most need no look at the log: first the tag hash in the consume
 * queue entry, then, if the filter needs it, the message itself. Immutable; safe for all threads.
 */
public interface MessageFilter {

    /** Lets everything through: subscription {@code *}. */
    MessageFilter ALL = tagHash -> true;

    /**
     * Whether a message with this tag hash may match.
     *
     * @param tagHash {@code String.hashCode} of the tag; 0 for a message without one
     */
    boolean mayMatch(int tagHash);

    /** Whether {@link #matches} must be asked as well. */
    default boolean needsRecord() {
        return false;
    }

    /**
     * Whether the message matches; asked only if {@link #needsRecord}.
     *
     * @param record the whole record, between position and limit
     */
    default boolean matches(ByteBuffer record) {
        return true;
    }
}
