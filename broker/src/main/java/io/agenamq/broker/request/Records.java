// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.protocol.frame.Body;
import io.agenamq.store.log.RecordSlice;
import java.nio.ByteBuffer;
import java.util.List;

/** Records as they lie in the log, one behind the other, as the body of an answer. Nothing is copied; the slices are released with it. */
record Records(List<RecordSlice> slices) implements Body {

    @Override
    public int length() {
        int bytes = 0;
        for (RecordSlice slice : slices) {
            bytes += slice.buffer().remaining();
        }
        return bytes;
    }

    @Override
    public void appendTo(List<ByteBuffer> out) {
        for (RecordSlice slice : slices) {
            out.add(slice.buffer().duplicate());
        }
    }

    @Override
    public void release() {
        slices.forEach(RecordSlice::release);
    }
}
