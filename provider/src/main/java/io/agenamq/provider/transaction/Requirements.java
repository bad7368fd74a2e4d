// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.transaction;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import java.sql.Connection;
import java.sql.SQLException;

/** What has to hold before a row is entered. */
final class Requirements {

    private Requirements() {}

    /**
     * Fails if a connection commits each statement by itself: then it is not in the transaction, and its row would decide at once.
     *
     * @param whose transaction it has to be in, for people
     */
    static void inTransaction(Connection connection, String whose) throws SQLException, JMSException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "the connection of the data source is not in " + whose
                            + " transaction: it commits each statement by itself; give the data source that the transaction is about",
                    "NOT_IN_TRANSACTION");
        }
    }
}
