// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.message.TrustedClasses;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What connections of one factory have in common.
 *
 * @param clientId client identifier of the connection; null to let the application set one
 * @param prefetchMessages how many messages a consumer may have waiting in this process; 0 fetches one when it is asked for
 * @param prefetchBytes the same in bytes; a message is fetched as long as there is any room
 * @param nativeAsText whether messages of native producers are text rather than bytes
 * @param closeTimeout how long the end of a consumer, session or connection waits for the broker to answer acknowledgements
 * @param trustedClasses classes of which object messages make objects
 */
public record ConnectionSettings(
        @Nullable String clientId,
        int prefetchMessages,
        int prefetchBytes,
        boolean nativeAsText,
        Duration closeTimeout,
        TrustedClasses trustedClasses) {}
