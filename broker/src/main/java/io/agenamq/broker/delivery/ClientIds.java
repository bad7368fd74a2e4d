// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.broker.access.Principal;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Connection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Which connection has which client identifier: each is one connection's at a time (Jakarta Messaging 3.1 §6.1.2). A connection that is cut off and
 * comes back is known by its owner's name, so that it need not wait until the old channel is noticed to be dead; the name of an owner is no
 * secret, so that it counts only together with the user. Any thread; no locks.
 */
final class ClientIds {

    private final ConcurrentMap<String, Holder> holders = new ConcurrentHashMap<>();

    private record Holder(String owner, Principal principal, Connection connection) {

        boolean is(String otherOwner, Principal otherPrincipal) {
            return owner.equals(otherOwner) && principal.equals(otherPrincipal);
        }
    }

    /** Takes {@code clientId} for an owner; false if another one has it. */
    boolean take(String clientId, String owner, Connection connection) {
        Principal principal = Principal.of(connection);
        Holder wanted = new Holder(owner, principal, connection);
        Holder now = holders.merge(clientId, wanted, (known, mine) -> known.is(owner, principal) ? mine : known);
        return now.is(owner, principal);
    }

    /** Gives {@code clientId} back if it is the owner's. */
    void giveBack(String clientId, String owner, Connection connection) {
        Principal principal = Principal.of(connection);
        holders.computeIfPresent(clientId, (id, known) -> known.is(owner, principal) ? null : known);
    }

    /** Refuses what is about a {@code clientId} that another user has now: what is named by it is his. Null is nobody's. */
    void requireNotOfAnotherUser(@Nullable String clientId, Connection connection) {
        Holder known = clientId == null ? null : holders.get(clientId);
        if (known != null && !known.principal().equals(Principal.of(connection))) {
            throw new ProtocolException(
                    ResponseCode.NO_PERMISSION, "another user has the client identifier '" + clientId + "'");
        }
    }

    /** A connection that took {@code clientId} has ended. */
    void closed(String clientId, Connection connection) {
        holders.computeIfPresent(clientId, (id, known) -> known.connection() == connection ? null : known);
    }

    /** How many identifiers are taken. */
    int count() {
        return holders.size();
    }
}
