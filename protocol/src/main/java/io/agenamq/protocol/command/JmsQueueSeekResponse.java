// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * Answer to {@link JmsQueueSeekRequest}.
 *
 * @param before messages that the queue had
 * @param after messages that it has then
 * @param again how many of them were settled, and are delivered again
 * @param skipped how many were not settled, and are not delivered any more
 * @param inFlight how many were in flight; their acknowledgements come too late
 * @param knownSince store time of the oldest message from which on the log has all of them, milliseconds since 1970; 0 if it has none. What was settled
 *     before is gone for good
 */
public record JmsQueueSeekResponse(long before, long after, long again, long skipped, long inFlight, long knownSince)
        implements Header {

    /** Reads the fields. */
    public static JmsQueueSeekResponse readFrom(Fields in) {
        return new JmsQueueSeekResponse(
                in.requireLong("b"),
                in.requireLong("a"),
                in.requireLong("g"),
                in.requireLong("s"),
                in.requireLong("f"),
                in.requireLong("k"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("b", before);
        out.put("a", after);
        out.put("g", again);
        out.put("s", skipped);
        out.put("f", inFlight);
        out.put("k", knownSince);
    }
}
