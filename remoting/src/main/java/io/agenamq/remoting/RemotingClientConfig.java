// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.HeaderEncoding;
import java.time.Duration;

/**
 * What a client can be told.
 *
 * @param ioThreads event loops
 * @param encoding how its requests are written
 * @param connectTimeout how long {@link RemotingClient#call} may spend on connecting, within its own time-out
 * @param idleTimeout how long a connection may neither send nor receive
 * @param outboundPauseBytes unsent bytes of one connection above which it is not writable
 * @param outboundCloseBytes unsent bytes of one connection above which it is closed
 * @param threadName prefix of the names of its event loops
 */
public record RemotingClientConfig(
        int ioThreads,
        HeaderEncoding encoding,
        Duration connectTimeout,
        Duration idleTimeout,
        int outboundPauseBytes,
        int outboundCloseBytes,
        String threadName) {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    /** One event loop, compact headers, the usual bounds. */
    public static RemotingClientConfig defaults() {
        return new RemotingClientConfig(
                1,
                HeaderEncoding.BINARY,
                CONNECT_TIMEOUT,
                ConnectionLimits.IDLE_TIMEOUT,
                ConnectionLimits.OUTBOUND_PAUSE_BYTES,
                ConnectionLimits.OUTBOUND_CLOSE_BYTES,
                "agena-client-io");
    }

    /** The same with another way to write headers. */
    public RemotingClientConfig withEncoding(HeaderEncoding newEncoding) {
        return new RemotingClientConfig(
                ioThreads,
                newEncoding,
                connectTimeout,
                idleTimeout,
                outboundPauseBytes,
                outboundCloseBytes,
                threadName);
    }

    /** The same with other thread names. */
    public RemotingClientConfig withThreadName(String newThreadName) {
        return new RemotingClientConfig(
                ioThreads,
                encoding,
                connectTimeout,
                idleTimeout,
                outboundPauseBytes,
                outboundCloseBytes,
                newThreadName);
    }

    ConnectionLimits limits() {
        return new ConnectionLimits(
                Duration.ZERO,
                idleTimeout,
                outboundPauseBytes,
                outboundCloseBytes,
                ConnectionLimits.PARTIAL_FRAME_BYTES_MAX,
                ConnectionLimits.UNSENT_COPY_BYTES_MAX);
    }
}
