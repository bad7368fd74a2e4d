// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;

/**
 * A page; the body is laid out by {@link JmsDeliveries}.
 *
 * @param count how many messages
 * @param offset where the next page begins: an offset, or, where messages come by priority, a mark that only the broker reads
 * @param until where the queue ended at the first page, in the same terms; everything is shown when offset has reached it
 * @param queueCount how many message queues the destination has
 */
public record JmsBrowseResponse(int count, long offset, long until, int queueCount) implements Header {

    /** Reads the fields. */
    public static JmsBrowseResponse readFrom(Fields in) {
        return new JmsBrowseResponse(in.requireInt("n"), in.requireLong("o"), in.requireLong("u"), in.requireInt("q"));
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.put("n", count);
        out.put("o", offset);
        out.put("u", until);
        out.put("q", queueCount);
    }
}
