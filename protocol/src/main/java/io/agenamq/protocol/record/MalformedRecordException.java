// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.record;

/** Bytes from outside that do not hold what they claim to. A refusal of the sender's data: stackless, safe to make often. */
public final class MalformedRecordException extends RuntimeException {

    /** Says what is wrong, in words for the sender. */
    public MalformedRecordException(String message) {
        super(message, null, false, false);
    }
}
