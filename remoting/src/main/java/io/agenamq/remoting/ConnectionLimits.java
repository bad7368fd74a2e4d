// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import java.time.Duration;

/** The bounds of every connection of one server or client. A first-frame time-out of zero is none. */
record ConnectionLimits(
        Duration firstFrameTimeout,
        Duration idleTimeout,
        int outboundPauseBytes,
        int outboundCloseBytes,
        long partialFrameBytesMax,
        long unsentCopyBytesMax) {

    /** RocketMQ's, on both sides. */
    static final Duration IDLE_TIMEOUT = Duration.ofMinutes(2);

    /** Four pull answers of the usual size. */
    static final int OUTBOUND_PAUSE_BYTES = 1024 * 1024;

    /** Room for one answer of the longest kind above the first bound. */
    static final int OUTBOUND_CLOSE_BYTES = 32 * 1024 * 1024;

    /** One of the longest frames and some ordinary ones, in a server that has 64 MiB for its network. */
    static final long PARTIAL_FRAME_BYTES_MAX = 20L * 1024 * 1024;

    /** Where saving begins on the way out; {@link #UNSENT_COPY_CLOSE_FACTOR} times as much is the end. */
    static final long UNSENT_COPY_BYTES_MAX = 8L * 1024 * 1024;

    /** Above so many times the bound of copies, who does not read is closed. */
    static final int UNSENT_COPY_CLOSE_FACTOR = 3;
}
