// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import io.agenamq.remoting.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a name server can be told.
 *
 * @param listen where to listen; port 0 picks a free one
 * @param dataDirectory where configuration items are kept; {@code null} keeps them in memory only
 * @param brokerTimeout silence after which a broker is forgotten, unless it asks for another time itself
 * @param orderMessageEnable whether routes name the order of ordered topics (RocketMQ: {@code orderMessageEnable})
 */
public record NameServerConfig(
        HostPort listen, @Nullable Path dataDirectory, Duration brokerTimeout, boolean orderMessageEnable) {

    /** RocketMQ's port. */
    public static final int DEFAULT_PORT = 9876;

    private static final Duration BROKER_TIMEOUT = Duration.ofMinutes(2);

    public NameServerConfig {
        if (brokerTimeout.isNegative() || brokerTimeout.isZero()) {
            throw new IllegalArgumentException("a broker needs time to be silent, not " + brokerTimeout);
        }
    }

    /** The usual settings, in memory. */
    public static NameServerConfig listeningOn(HostPort listen) {
        return new NameServerConfig(listen, null, BROKER_TIMEOUT, false);
    }

    /** The same with a directory to keep configuration items in. */
    public NameServerConfig withDataDirectory(@Nullable Path directory) {
        return new NameServerConfig(listen, directory, brokerTimeout, orderMessageEnable);
    }

    /** The same with another patience for brokers. */
    public NameServerConfig withBrokerTimeout(Duration timeout) {
        return new NameServerConfig(listen, dataDirectory, timeout, orderMessageEnable);
    }

    /** The same with or without ordered topics in routes. */
    public NameServerConfig withOrderMessageEnable(boolean enable) {
        return new NameServerConfig(listen, dataDirectory, brokerTimeout, enable);
    }
}
