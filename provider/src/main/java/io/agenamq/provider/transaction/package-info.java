// SPDX-License-Identifier: Apache-2.0
/**
 * Transactions of messages and a database without XA: a row in a table of the database decides about the messages. Start with {@link
 * io.agenamq.provider.transaction.DatabaseTransactions}; {@code docs/transactions-without-xa.md} says why it works.
 *
 * <p>Work of the application runs on its own threads. Whatever goes on between us and the database by itself (answers for other processes, removal of rows) runs on
 * {@code agena-table-n} threads, which exist only while there is something to do. May use {@code provider.session}, {@code .client} and {@code .database}. {@code jakarta.transaction}
 * and Spring are optional: one class for each knows them, and is loaded only where they are.
 */
@NullMarked
package io.agenamq.provider.transaction;

import org.jspecify.annotations.NullMarked;
