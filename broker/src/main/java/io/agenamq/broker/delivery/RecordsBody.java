// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsDeliveries;
import io.agenamq.protocol.frame.Body;
import io.agenamq.store.log.RecordSlice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Records on their way to a client, straight from the mapped log: the body that {@link JmsDeliveries} lays out. Filled by the owner of the
 * destination, then handed to a connection, which releases the slices when they are written or will never be.
 */
final class RecordsBody implements Body {

    private final List<RecordSlice> slices = new ArrayList<>();
    private final List<Integer> deliveryNumbers = new ArrayList<>();
    private int length;

    void add(RecordSlice slice, int deliveryNumber) {
        slices.add(slice);
        deliveryNumbers.add(deliveryNumber);
        length += JmsDeliveries.PREFIX_BYTES + slice.size();
    }

    int count() {
        return slices.size();
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void appendTo(List<ByteBuffer> out) {
        ByteBuffer prefixes = ByteBuffer.allocate(slices.size() * JmsDeliveries.PREFIX_BYTES);
        for (int i = 0; i < slices.size(); i++) {
            int at = i * JmsDeliveries.PREFIX_BYTES;
            prefixes.putInt(at, deliveryNumbers.get(i));
            out.add(prefixes.slice(at, JmsDeliveries.PREFIX_BYTES));
            out.add(slices.get(i).buffer().duplicate());
        }
    }

    @Override
    public void release() {
        slices.forEach(RecordSlice::release);
    }
}
