// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.access;

import io.agenamq.remoting.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Who a connection is. What belongs to a principal — client identifiers, transactions — is refused to others.
 *
 * @param user name of the user, null where nobody has logged in
 */
public record Principal(@Nullable String user) {

    /** A connection that need not say who it is. */
    public static final Principal ANONYMOUS = new Principal(null);

    /** Who a connection is; {@link #ANONYMOUS} until it has logged in. */
    public static Principal of(Connection connection) {
        Principal known = connection.attachment(Principal.class);
        return known == null ? ANONYMOUS : known;
    }

    /** For people. */
    @Override
    public String toString() {
        return user == null ? "a connection without a user" : "user '" + user + "'";
    }
}
