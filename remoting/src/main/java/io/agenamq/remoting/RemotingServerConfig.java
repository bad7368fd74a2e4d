// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import java.time.Duration;

/**
 * What a server can be told. The bounds protect the process from its peers; see {@link #listeningOn} for the usual ones.
 *
 * @param listen where to listen; port 0 picks a free one
 * @param ioThreads event loops
 * @param connectionCountMax connections at one time; more are closed when they are accepted
 * @param firstFrameTimeout how long a new connection may say nothing
 * @param idleTimeout how long a connection may neither send nor receive
 * @param outboundPauseBytes unsent bytes of one connection above which nothing more is read from it
 * @param outboundCloseBytes unsent bytes of one connection above which it is closed
 * @param partialFrameBytesMax bytes of incomplete frames that all connections together may have here
 * @param unsentCopyBytesMax copied bytes that all connections together may have unsent; above it, connections are paused much earlier,
 *     and above three times as much those that do not read are closed
 */
public record RemotingServerConfig(
        HostPort listen,
        int ioThreads,
        int connectionCountMax,
        Duration firstFrameTimeout,
        Duration idleTimeout,
        int outboundPauseBytes,
        int outboundCloseBytes,
        long partialFrameBytesMax,
        long unsentCopyBytesMax) {

    private static final int IO_THREADS = 2;
    private static final int CONNECTION_COUNT_MAX = 8192;
    private static final Duration FIRST_FRAME_TIMEOUT = Duration.ofSeconds(30);

    public RemotingServerConfig {
        if (ioThreads < 1 || connectionCountMax < 1) {
            throw new IllegalArgumentException("a server needs an I/O thread and a connection");
        }
        if (outboundPauseBytes < 1 || outboundCloseBytes < outboundPauseBytes) {
            throw new IllegalArgumentException("the bound that pauses must be below the bound that closes");
        }
    }

    /** The usual bounds, on two event loops. */
    public static RemotingServerConfig listeningOn(HostPort listen) {
        return new RemotingServerConfig(
                listen,
                IO_THREADS,
                CONNECTION_COUNT_MAX,
                FIRST_FRAME_TIMEOUT,
                ConnectionLimits.IDLE_TIMEOUT,
                ConnectionLimits.OUTBOUND_PAUSE_BYTES,
                ConnectionLimits.OUTBOUND_CLOSE_BYTES,
                ConnectionLimits.PARTIAL_FRAME_BYTES_MAX,
                ConnectionLimits.UNSENT_COPY_BYTES_MAX);
    }

    /** The same with another number of event loops. */
    public RemotingServerConfig withIoThreads(int count) {
        return new RemotingServerConfig(
                listen,
                count,
                connectionCountMax,
                firstFrameTimeout,
                idleTimeout,
                outboundPauseBytes,
                outboundCloseBytes,
                partialFrameBytesMax,
                unsentCopyBytesMax);
    }

    /** The same with another bound on connections. */
    public RemotingServerConfig withConnectionCountMax(int count) {
        return new RemotingServerConfig(
                listen,
                ioThreads,
                count,
                firstFrameTimeout,
                idleTimeout,
                outboundPauseBytes,
                outboundCloseBytes,
                partialFrameBytesMax,
                unsentCopyBytesMax);
    }

    /** The same with other time-outs. */
    public RemotingServerConfig withTimeouts(Duration firstFrame, Duration idle) {
        return new RemotingServerConfig(
                listen,
                ioThreads,
                connectionCountMax,
                firstFrame,
                idle,
                outboundPauseBytes,
                outboundCloseBytes,
                partialFrameBytesMax,
                unsentCopyBytesMax);
    }

    /** The same with other bounds on unsent bytes per connection. */
    public RemotingServerConfig withOutboundBytes(int pause, int close) {
        return new RemotingServerConfig(
                listen,
                ioThreads,
                connectionCountMax,
                firstFrameTimeout,
                idleTimeout,
                pause,
                close,
                partialFrameBytesMax,
                unsentCopyBytesMax);
    }

    /** The same with other bounds on what all connections together may hold. */
    public RemotingServerConfig withSharedBytes(long partialFrames, long unsentCopies) {
        return new RemotingServerConfig(
                listen,
                ioThreads,
                connectionCountMax,
                firstFrameTimeout,
                idleTimeout,
                outboundPauseBytes,
                outboundCloseBytes,
                partialFrames,
                unsentCopies);
    }

    ConnectionLimits limits() {
        return new ConnectionLimits(
                firstFrameTimeout,
                idleTimeout,
                outboundPauseBytes,
                outboundCloseBytes,
                partialFrameBytesMax,
                unsentCopyBytesMax);
    }
}
