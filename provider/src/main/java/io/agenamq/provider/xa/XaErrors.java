// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.xa;

import io.agenamq.provider.client.ClientException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/** From failures of the client to the errors that a transaction manager understands (JTA 2.0; X/Open XA, chapter 5). */
final class XaErrors {

    private XaErrors() {}

    /** An error of this code, with a message for people. */
    static XAException error(int code, String message, @Nullable Throwable cause) {
        XAException error = new XAException(message);
        error.errorCode = code;
        if (cause != null) {
            error.initCause(cause);
        }
        return error;
    }

    static XAException error(int code, String message) {
        return error(code, message, null);
    }

    /**
     * Nobody knows whether it was done, or it cannot be done at present: the manager is to come again. Never an error that says more than is known
     * ({@code XAER_RMERR} would mean that the work is rolled back).
     */
    static XAException later(ClientException why) {
        return error(XAException.XAER_RMFAIL, String.valueOf(why.getMessage()), why);
    }

    /** The code that says why a branch is, or can only be, rolled back. */
    static int rollbackCode(ClientException why) {
        return switch (why.reason()) {
            case BRANCH_TIMED_OUT -> XAException.XA_RBTIMEOUT;
            case UNREACHABLE, CONNECTION_LOST, TIMED_OUT, CLOSED -> XAException.XA_RBCOMMFAIL;
            // It was there: the broker was started again since.
            case UNKNOWN_BRANCH -> XAException.XA_RBTRANSIENT;
            case BRANCH_EXISTS, TOO_MUCH, STORE_REFUSES, MESSAGE_ILLEGAL, NO_SUCH_DESTINATION, NOT_ALLOWED ->
                XAException.XA_RBOTHER;
            case TRANSACTION_ROLLED_BACK ->
                why.getCause() instanceof ClientException cause && cause.reason() != why.reason()
                        ? rollbackCode(cause)
                        : XAException.XA_RBROLLBACK;
            default -> XAException.XA_RBROLLBACK;
        };
    }

    /** Whether it can be tried again, with another outcome. */
    static boolean isTransient(ClientException why) {
        return why.isConnectionFailure()
                || why.isInDoubt()
                || switch (why.reason()) {
                    case CLOSED, TOO_MUCH, STORE_REFUSES, NOT_ALLOWED, REFUSED -> true;
                    default -> false;
                };
    }

    /** What an answer failed with, null if it did not. Waits for it, which is bounded. */
    static @Nullable ClientException failure(CompletableFuture<?> answer) throws XAException {
        try {
            answer.get();
            return null;
        } catch (ExecutionException failed) {
            return ClientException.of(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw error(XAException.XAER_RMFAIL, "interrupted while waiting for the broker", interrupted);
        }
    }
}
