// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

/**
 * The messages of a transaction could not be prepared, or its row not be entered, so that the transaction is rolled back, with the database. Thrown to the transaction manager, who wraps it or hands it on; the
 * cause is a {@code JMSException} or an {@code SQLException}.
 */
public final class TransactionNotPreparedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TransactionNotPreparedException(Exception cause) {
        super("the transaction is rolled back: " + cause.getMessage(), cause);
    }
}
