// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.DestinationKind;
import java.util.concurrent.CompletableFuture;

/**
 * Temporary destinations as a {@link Link} has them: its own, which live on one broker and are there again, with their names, after every loss of the
 * connection to it; and those of others, to which it can send. Any thread; nothing blocks. Futures fail with a {@link ClientException}.
 */
public interface Temporaries {

    /**
     * Makes a destination of this link.
     *
     * @param unique letters and digits
     * @param owner a secret by which the broker knows the owner over another connection
     * @return where it is
     */
    CompletableFuture<Route> create(String unique, DestinationKind kind, String owner);

    /** Ends a destination of this link. Refused as long as it has consumers. */
    CompletableFuture<Void> delete(Route route);

    /** Ends all destinations of this link. */
    CompletableFuture<Void> deleteAll();

    /** Where a destination of anybody is, if it is. It is not asked for. */
    CompletableFuture<Route> find(String broker, String unique, DestinationKind kind);

    /** Asks whether a destination is there; fails with {@link ClientException.Reason#NO_SUCH_DESTINATION} if not. */
    CompletableFuture<Void> requireThere(Route route);
}
