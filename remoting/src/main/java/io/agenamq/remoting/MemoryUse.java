// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Network memory that the peers of one server or client make it hold, over all connections: what none of them may exhaust alone, many must
 * not exhaust together.
 */
final class MemoryUse {

    /** Bytes of frames that have not arrived completely. */
    final AtomicLong partialFrameBytes = new AtomicLong();

    /** Copies of bytes that peers have not taken. Bodies that are sent by reference are not counted: they are somebody else's memory. */
    final AtomicLong unsentCopyBytes = new AtomicLong();
}
