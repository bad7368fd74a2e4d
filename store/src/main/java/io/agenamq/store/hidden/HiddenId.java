// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.hidden;

import io.agenamq.store.snapshot.CorruptStateException;
import io.agenamq.store.snapshot.StateInput;
import io.agenamq.store.snapshot.StateOutput;

/**
 * Whose messages are hidden.
 *
 * @param kind what decides about them
 * @param name of the transaction, one of its kind
 */
public record HiddenId(Kind kind, String name) {

    /** What decides about hidden messages, and what becomes of them when it does not. */
    public enum Kind {
        /** The commit of a session's local transaction. What is hidden when a broker starts is discarded, unless a prepared branch needs it. */
        LOCAL(1),
        /** Each for itself, as the listener of its producer group says, or nobody until the broker has asked often enough: {@link HalfTable}. */
        HALF(2),
        /** The decision about a branch that is prepared. */
        BRANCH(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new CorruptStateException("hidden messages of unknown kind " + code);
        }
    }

    /** Writes it. */
    public void writeTo(StateOutput out) {
        out.putByte(kind.code);
        out.putText(name);
    }

    /** Reads what {@link #writeTo} wrote. */
    public static HiddenId readFrom(StateInput in) {
        return new HiddenId(Kind.of(in.getByte()), in.getText());
    }
}
