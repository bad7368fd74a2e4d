// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.frame.ProtocolException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The open transactions of one connection: one for each session at most, since a session begins the next when the last one is over. Touched by
 * the connection's event loop only.
 */
final class ConnectionTransactions {

    private final Map<String, OpenTransaction> bySession = new HashMap<>();

    /** The transaction of this identity; an older one of the session is over with that. */
    OpenTransaction open(JmsTransaction id, Supplier<OpenTransaction> made) {
        OpenTransaction present = bySession.get(id.session());
        if (present != null && present.id().number() == id.number()) {
            return present;
        }
        if (present != null && present.id().number() > id.number()) {
            throw new ProtocolException(
                    JmsRefusal.TRANSACTION_ROLLED_BACK.code(),
                    "transaction " + id + " is over: its session has begun another");
        }
        if (present != null) {
            present.end();
        }
        OpenTransaction begun = made.get();
        bySession.put(id.session(), begun);
        return begun;
    }

    /** Takes a transaction out, null if it is not here. */
    @Nullable
    OpenTransaction take(JmsTransaction id) {
        OpenTransaction present = bySession.get(id.session());
        if (present == null || present.id().number() != id.number()) {
            return null;
        }
        return bySession.remove(id.session());
    }

    void endAll() {
        bySession.values().forEach(OpenTransaction::end);
        bySession.clear();
    }
}
