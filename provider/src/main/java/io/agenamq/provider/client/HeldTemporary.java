// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsCreateTemporaryRequest;

/** One temporary destination at its broker for as long as it is wanted, over as many connections as that takes. Any thread. */
final class HeldTemporary {

    private final BrokerPath path;
    private final JmsCreateTemporaryRequest request;

    // Guarded by this.
    private boolean ended;
    private long lostAtNanos;

    HeldTemporary(BrokerPath path, JmsCreateTemporaryRequest request) {
        this.path = path;
        this.request = request;
    }

    JmsCreateTemporaryRequest request() {
        return request;
    }

    /** When the connection was lost. */
    synchronized long lostAtNanos() {
        return lostAtNanos;
    }

    synchronized boolean isEnded() {
        return ended;
    }

    /** It is not wanted any more. */
    synchronized void end() {
        ended = true;
    }

    /** The connection is lost, and the destination with it. */
    void lost() {
        synchronized (this) {
            if (ended) {
                return;
            }
            lostAtNanos = path.nanoTime();
        }
        path.lost(this);
    }
}
