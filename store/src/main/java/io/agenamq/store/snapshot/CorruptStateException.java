// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.snapshot;

/** Bytes that passed their checksum make no sense as derived state. In a snapshot: it is discarded. In a control record: a bug. */
public final class CorruptStateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says what makes no sense. */
    public CorruptStateException(String message) {
        super(message);
    }

    /** Says what makes no sense, and what came of it. */
    public CorruptStateException(String message, Throwable cause) {
        super(message, cause);
    }
}
