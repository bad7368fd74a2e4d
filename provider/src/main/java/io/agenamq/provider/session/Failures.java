// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.client.ClientException;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidClientIDRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.MessageNotWriteableRuntimeException;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.ResourceAllocationRuntimeException;
import jakarta.jms.TransactionInProgressException;
import jakarta.jms.TransactionInProgressRuntimeException;
import jakarta.jms.TransactionRolledBackException;
import jakarta.jms.TransactionRolledBackRuntimeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** From failures of the client to the exceptions that the specification names, and from the classic ones to their unchecked twins. */
public final class Failures {

    private Failures() {}

    /** Waits for an answer, which comes in bounded time, and turns a failure into a JMS exception. */
    public static <T> T await(CompletableFuture<T> answer, String doing) throws JMSException {
        return await(answer, doing, "");
    }

    /** The same with what it means, in words, that nobody knows whether it was done. */
    public static <T> T await(CompletableFuture<T> answer, String doing, String doubt) throws JMSException {
        try {
            return answer.get();
        } catch (ExecutionException failed) {
            ClientException why = ClientException.of(failed);
            throw jms(doing, why, why.isInDoubt() ? doubt : "");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw withCause(
                    new JMSException(doing + ": interrupted while waiting for the broker" + doubt), interrupted);
        }
    }

    /** The same for an answer that has to be known before anything goes on: who is interrupted waits on, and is interrupted afterwards. */
    static <T> T awaitInAnyCase(CompletableFuture<T> answer, String doing, String doubt) throws JMSException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            ClientException why = ClientException.of(failed);
            throw jms(doing, why, why.isInDoubt() ? doubt : "");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether it failed because the connection was lost, so that nobody knows what the broker did, and everything unsettled is its own again. */
    static boolean isConnectionLost(JMSException failure) {
        return ClientException.Reason.CONNECTION_LOST.name().equals(failure.getErrorCode());
    }

    /** The JMS exception for a failure of the client. Its error code is the name of the reason. */
    public static JMSException jms(String doing, ClientException failure) {
        return jms(doing, failure, "");
    }

    private static JMSException jms(String doing, ClientException failure, String doubt) {
        String text = doing + ": " + failure.getMessage() + doubt;
        String code = failure.reason().name();
        JMSException exception =
                switch (failure.reason()) {
                    case NO_SUCH_DESTINATION, WRONG_KIND, ILLEGAL_NAME, NO_SUCH_SUBSCRIPTION ->
                        new InvalidDestinationException(text, code);
                    case INVALID_SELECTOR -> new InvalidSelectorException(text, code);
                    case TOO_MUCH, STORE_REFUSES -> new ResourceAllocationException(text, code);
                    case NOT_ALLOWED -> new JMSSecurityException(text, code);
                    case CLIENT_ID_IN_USE -> new InvalidClientIDException(text, code);
                    case CLOSED, SUBSCRIPTION_IN_USE -> new IllegalStateException(text, code);
                    case TRANSACTION_ROLLED_BACK, BRANCH_ROLLED_BACK, BRANCH_TIMED_OUT ->
                        new TransactionRolledBackException(text, code);
                    case UNKNOWN_BRANCH,
                            BRANCH_COMMITTED,
                            BRANCH_EXISTS,
                            WRONG_BRANCH_STATE,
                            UNREACHABLE,
                            CONNECTION_LOST,
                            TIMED_OUT,
                            MESSAGE_ILLEGAL,
                            REFUSED -> new JMSException(text, code);
                };
        // What prevented a commit is told as the exception that it is by itself.
        return failure.reason() == ClientException.Reason.TRANSACTION_ROLLED_BACK
                        && failure.getCause() instanceof ClientException prevented
                        && prevented.reason() != failure.reason()
                ? withCause(exception, jms(doing, prevented, ""))
                : withCause(exception, failure);
    }

    public static <E extends JMSException> E withCause(E exception, Exception cause) {
        exception.setLinkedException(cause);
        exception.initCause(cause);
        return exception;
    }

    /** The unchecked twin of a classic exception. */
    static JMSRuntimeException unchecked(JMSException e) {
        String text = e.getMessage();
        String code = e.getErrorCode();
        if (e instanceof IllegalStateException) {
            return new IllegalStateRuntimeException(text, code, e);
        } else if (e instanceof InvalidClientIDException) {
            return new InvalidClientIDRuntimeException(text, code, e);
        } else if (e instanceof InvalidDestinationException) {
            return new InvalidDestinationRuntimeException(text, code, e);
        } else if (e instanceof InvalidSelectorException) {
            return new InvalidSelectorRuntimeException(text, code, e);
        } else if (e instanceof JMSSecurityException) {
            return new JMSSecurityRuntimeException(text, code, e);
        } else if (e instanceof MessageFormatException) {
            return new MessageFormatRuntimeException(text, code, e);
        } else if (e instanceof MessageNotWriteableException) {
            return new MessageNotWriteableRuntimeException(text, code, e);
        } else if (e instanceof ResourceAllocationException) {
            return new ResourceAllocationRuntimeException(text, code, e);
        } else if (e instanceof TransactionInProgressException) {
            return new TransactionInProgressRuntimeException(text, code, e);
        } else if (e instanceof TransactionRolledBackException) {
            return new TransactionRolledBackRuntimeException(text, code, e);
        }
        return new JMSRuntimeException(text, code, e);
    }
}
