// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

/**
 * Nothing of the batch was stored, and nothing of it will appear later. The batch is as it was before and can be appended again or cleared.
 * Stackless.
 */
public final class AppendRefusedException extends Exception {

    /** Why an append was refused. */
    public enum Reason {
        /** See {@link LogState.Kind#DISK_FULL}; worth trying again later. */
        DISK_FULL,
        /** A record is for a queue that does not exist, for example because its topic was removed a moment ago. */
        UNKNOWN_QUEUE,
        /** The log accepts no appends: it is not open yet, failed, damaged or closed. */
        NOT_OPEN
    }

    private final Reason reason;

    AppendRefusedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** The kind of refusal. */
    public Reason reason() {
        return reason;
    }
}
