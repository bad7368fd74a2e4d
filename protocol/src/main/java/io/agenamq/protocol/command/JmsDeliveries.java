// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.RecordDefect;
import java.nio.ByteBuffer;

/**
 * The body of {@link JmsDelivery} and {@link JmsBrowseResponse}: whole records as they are stored, each behind its delivery count. Integers
 * are big-endian.
 *
 * <pre>
 * 0               4                     4 + length
 * +---------------+---------- … --------+---------------+------ …
 * | deliveryCount | record              | deliveryCount | record
 * +---------------+---------- … --------+---------------+------ …
 * </pre>
 *
 * A delivery count of 1 is the first delivery; 0, in a page of a browser, says that there was none yet.
 */
public final class JmsDeliveries {

    /** Bytes before each record. */
    public static final int PREFIX_BYTES = Integer.BYTES;

    private JmsDeliveries() {}

    /** Receives the messages of one body. */
    @FunctionalInterface
    public interface Visitor {
        /** One message: the record at index {@code at} of the body, {@code length} bytes long. */
        void visit(int deliveryCount, int at, int length);
    }

    /**
     * Visits every message between position and limit of {@code body}; each is checked before it is visited.
     *
     * @throws ProtocolException if the bytes are not whole records
     */
    public static void forEach(ByteBuffer body, Visitor visitor) {
        int at = body.position();
        while (at < body.limit()) {
            int record = at + PREFIX_BYTES;
            RecordDefect defect = MessageRecord.defect(body, record, body.limit() - record);
            if (defect != RecordDefect.NONE) {
                throw new ProtocolException("a delivery is no record: " + defect);
            }
            int length = MessageRecord.length(body, record);
            visitor.visit(body.getInt(at), record, length);
            at = record + length;
        }
    }
}
