// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;

/**
 * A table that a client of ours keeps in the database of its application: its name, and how it comes to be there. Immutable; any thread.
 *
 * @param name a name, or a schema and a name, of letters, digits and underscores: it goes into statements as it is
 * @param columns what stands between the parentheses of its definition, in types that every database knows
 */
public record ApplicationTable(String name, String columns) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it is none
     */
    public ApplicationTable {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is not the name of a table");
        }
    }

    /** The same with another name. */
    public ApplicationTable named(String other) {
        return new ApplicationTable(other, columns);
    }

    /** The statement that makes the table, for every database that knows standard SQL. */
    public String definition() {
        return "CREATE TABLE " + name + " (" + columns + ")";
    }

    /**
     * Makes the table if it cannot be read, in transactions of their own.
     *
     * @param connection not in a transaction
     */
    public void createIfMissing(Connection connection) throws SQLException {
        boolean commitsItself = connection.getAutoCommit();
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            if (!isThere(statement)) {
                try {
                    statement.execute(definition());
                } catch (SQLException failed) {
                    // Another process may have been faster.
                    if (!isThere(statement)) {
                        throw failed;
                    }
                }
            }
        } finally {
            connection.setAutoCommit(commitsItself);
        }
    }

    private boolean isThere(Statement statement) {
        try (ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + name + " WHERE 1 = 0")) {
            return row.next();
        } catch (SQLException missing) {
            return false;
        }
    }

    /** Whether a statement failed because a row with this key is there, or some other rule of the table was broken (SQL state 23…). */
    public static boolean isRefusedByRule(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && state.startsWith("23");
    }
}
