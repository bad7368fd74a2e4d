// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import java.util.concurrent.CompletableFuture;

/** What a client says on a new connection before anybody may use it, such as who it is. */
@FunctionalInterface
public interface Greeting {

    /** Nothing is said. */
    Greeting NONE = (address, connection) -> CompletableFuture.completedFuture(null);

    /**
     * Greets. Called on the event loop; must not block. If the future fails, the connection is closed, and whoever asked for it fails with the
     * same exception.
     *
     * @param address what the connection was asked for by
     */
    CompletableFuture<Void> greet(HostPort address, Connection connection);
}
