// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.remoting.HostPort;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a link must know.
 *
 * @param nameServers in the order in which they are tried
 * @param connectTimeout for one connection attempt
 * @param requestTimeout for one answer
 * @param reconnectTimeout how long a connection that was lost is tried again, and whatever needs it waits; zero for not at all
 * @param waitsForDisk whether what must be durable is answered when it is on the disk; otherwise when the broker's operating system has it
 * @param credentials who logs in at each broker; null for nobody in particular
 */
public record LinkConfig(
        List<HostPort> nameServers,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration reconnectTimeout,
        boolean waitsForDisk,
        @Nullable Credentials credentials) {

    public LinkConfig {
        nameServers = List.copyOf(nameServers);
        if (nameServers.isEmpty()) {
            throw new IllegalArgumentException("a link needs the address of a name server");
        }
    }
}
