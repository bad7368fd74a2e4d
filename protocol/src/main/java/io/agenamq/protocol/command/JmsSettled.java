// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Deliveries of one consumer that a transaction settles. The body of a {@link JmsCommitRequest} is any number of them, one behind the other.
 *
 * <pre>
 *   0            4        12       20        24
 *   +------------+--------+--------+---------+
 *   | consumer   | from   | to     | count   |     big-endian
 *   +------------+--------+--------+---------+
 * </pre>
 *
 * @param consumer number of the consumer
 * @param from the first sequence number
 * @param to the last sequence number
 * @param count how many deliveries are settled; others with numbers in between were given back before
 */
public record JmsSettled(int consumer, long from, long to, int count) {

    private static final int FROM = Integer.BYTES;
    private static final int TO = FROM + Long.BYTES;
    private static final int COUNT = TO + Long.BYTES;
    private static final int BYTES = COUNT + Integer.BYTES;

    /** A body of these. */
    public static Body write(List<JmsSettled> all) {
        if (all.isEmpty()) {
            return Body.EMPTY;
        }
        ByteBuffer body = ByteBuffer.allocate(all.size() * BYTES);
        for (JmsSettled each : all) {
            body.putInt(each.consumer).putLong(each.from).putLong(each.to).putInt(each.count);
        }
        return Body.of(body.flip());
    }

    /** What stands in a body, from its position to its limit. */
    public static List<JmsSettled> readAll(ByteBuffer body) {
        if (body.remaining() % BYTES != 0) {
            throw malformed();
        }
        List<JmsSettled> all = new ArrayList<>(body.remaining() / BYTES);
        for (int at = body.position(); at < body.limit(); at += BYTES) {
            JmsSettled each = new JmsSettled(
                    body.getInt(at), body.getLong(at + FROM), body.getLong(at + TO), body.getInt(at + COUNT));
            if (each.from < 1 || each.to < each.from || each.count < 1 || each.count > each.to - each.from + 1) {
                throw malformed();
            }
            all.add(each);
        }
        return all;
    }

    private static ProtocolException malformed() {
        return new ProtocolException(ResponseCode.INVALID_PARAMETER, "the deliveries of a transaction cannot be read");
    }
}
