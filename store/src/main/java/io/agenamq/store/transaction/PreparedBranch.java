// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.transaction;

import io.agenamq.store.hidden.HiddenId;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What the log says of a branch that waits for its decision.
 *
 * @param time when it was prepared, milliseconds since 1970
 * @param decider who knows the decision, as the client said it
 * @param messages how many messages it has
 * @param hidden under which its messages are hidden, in the order in which they will be published
 * @param held what it has received, coded as the payloads of {@link io.agenamq.store.log.ControlType#CURSOR_COMMIT}; each from index 0 to its capacity
 */
public record PreparedBranch(
        BranchId id, long time, String decider, long messages, List<HiddenId> hidden, List<ByteBuffer> held) {

    public PreparedBranch {
        hidden = List.copyOf(hidden);
        held = held.stream().map(PreparedBranch::copy).toList();
    }

    private static ByteBuffer copy(ByteBuffer payload) {
        return ByteBuffer.allocate(payload.remaining())
                .put(payload.duplicate())
                .clear()
                .asReadOnlyBuffer();
    }
}
