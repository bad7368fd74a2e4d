// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import org.jspecify.annotations.Nullable;

/** Why a call got no answer. An expected failure of the network, so it carries no stack trace. */
public final class RemotingException extends RuntimeException {

    /** What a caller can tell apart. */
    public enum Reason {
        /** No connection could be made: nothing was sent. */
        CONNECT_FAILED,
        /** The connection was closed before the answer came: the request may or may not have been served. */
        CLOSED,
        /** No answer in time: the request may or may not have been served. */
        TIMED_OUT,
        /** Too much is unanswered or unsent already: nothing was sent. */
        OVERLOADED
    }

    private final Reason reason;

    /** A failure, with what caused it if that is known. */
    public RemotingException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.reason = reason;
    }

    /** What happened. */
    public Reason reason() {
        return reason;
    }
}
