// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Something was refused or could not be done. Expected failures, so it carries no stack trace; the message is for people. */
public final class ClientException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What a caller can tell apart. The names are stable: they are the error codes of JMS exceptions. */
    public enum Reason {
        /** No name server, or no broker, can be reached: nothing was done. */
        UNREACHABLE,
        /** The connection was lost: what was asked may or may not have been done. */
        CONNECTION_LOST,
        /** No answer in time: what was asked may or may not have been done. */
        TIMED_OUT,
        /** The link was closed by its owner. */
        CLOSED,
        /** There is no such destination and it may not be created. */
        NO_SUCH_DESTINATION,
        /** The destination is of another kind. */
        WRONG_KIND,
        /** No destination can have this name. */
        ILLEGAL_NAME,
        /** The selector does not parse. */
        INVALID_SELECTOR,
        /** The broker does not accept this message: too large, too many properties. */
        MESSAGE_ILLEGAL,
        /** A bound is reached. */
        TOO_MUCH,
        /** The broker stores nothing at present: its disk is full, or it is stopping. */
        STORE_REFUSES,
        /** Another connection has the client identifier. */
        CLIENT_ID_IN_USE,
        /** The subscription has a consumer or unacknowledged messages, or is another one than was described. */
        SUBSCRIPTION_IN_USE,
        /** There is no durable subscription of this name. */
        NO_SUCH_SUBSCRIPTION,
        /** The transaction cannot be committed: nothing of it was done, and nothing will be. The cause is what prevented it, if that is known. */
        TRANSACTION_ROLLED_BACK,
        /** The broker knows no such branch: it has ended, or never came. */
        UNKNOWN_BRANCH,
        /** The branch is committed, and cannot be rolled back. */
        BRANCH_COMMITTED,
        /** The branch is rolled back, and cannot be committed. */
        BRANCH_ROLLED_BACK,
        /** The branch was rolled back because it took too long until it was prepared. */
        BRANCH_TIMED_OUT,
        /** There is a prepared branch of this identity already. */
        BRANCH_EXISTS,
        /** The branch is not in a state in which this can be asked of it. */
        WRONG_BRANCH_STATE,
        /** Not allowed. */
        NOT_ALLOWED,
        /** Anything else that the broker refused. */
        REFUSED
    }

    private final Reason reason;

    /** A failure, with what caused it if that is known. */
    public ClientException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.reason = reason;
    }

    /** A failure. */
    public ClientException(Reason reason, String message) {
        this(reason, message, null);
    }

    /** What happened. */
    public Reason reason() {
        return reason;
    }

    /** Whether nobody knows if it was done. */
    public boolean isInDoubt() {
        return reason == Reason.CONNECTION_LOST || reason == Reason.TIMED_OUT;
    }

    /** Whether it was for want of a connection, so that the same may succeed over another one. */
    public boolean isConnectionFailure() {
        return reason == Reason.UNREACHABLE || reason == Reason.CONNECTION_LOST;
    }

    /** The failure within what a future completed with. */
    public static ClientException of(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner instanceof ClientException ours
                ? ours
                : new ClientException(Reason.REFUSED, String.valueOf(inner.getMessage()), inner);
    }
}
