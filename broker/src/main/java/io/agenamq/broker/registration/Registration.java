// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.registration;

import io.agenamq.protocol.command.DataVersion;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.remoting.HostPort;
import java.util.List;

/**
 * What a name server is told: who this broker is, where it is, and all its topics with the permissions that count for clients. Immutable.
 *
 * @param version changes with every change of {@code topics}; a name server skips what it knows
 */
public record Registration(
        String clusterName, String brokerName, HostPort address, DataVersion version, List<TopicConfig> topics) {

    /** Copies the list. */
    public Registration {
        topics = List.copyOf(topics);
    }
}
