// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.broker.delivery.Deliveries;
import io.agenamq.broker.transaction.HalfMessages;
import io.agenamq.broker.transaction.LocalTransactions;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.ConnectionListener;

/**
 * Tells the door and the parts of the broker what becomes of connections. At the end of a burst its sends are appended first, so that what they wake is
 * in the log before delivery works. On the connection's event loop.
 */
record ConnectionEvents(
        ConnectionListener admission,
        ConnectionListener requests,
        Deliveries deliveries,
        LocalTransactions transactions,
        HalfMessages halves)
        implements ConnectionListener {

    @Override
    public void opened(Connection connection) {
        admission.opened(connection);
        requests.opened(connection);
    }

    @Override
    public void burstEnded(Connection connection) {
        requests.burstEnded(connection);
        halves.burstEnded(connection);
        deliveries.burstEnded(connection);
    }

    @Override
    public void closed(Connection connection) {
        requests.closed(connection);
        transactions.closed(connection);
        deliveries.closed(connection);
        admission.closed(connection);
    }
}
