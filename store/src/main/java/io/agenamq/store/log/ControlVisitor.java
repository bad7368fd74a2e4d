// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Receives what {@link CommitLog#scanControls} finds. */
public interface ControlVisitor {

    /**
     * A control record.
     *
     * @param storeTime milliseconds since 1970
     * @param onBehalfOf address of the connection for which it was written; null if that is not one alone
     * @param payload valid during the call
     */
    void control(ControlType type, long storeTime, @Nullable InetSocketAddress onBehalfOf, ByteBuffer payload);

    /** The log cannot be read from {@code position} on; it is gone on with at the next segment. */
    void damaged(long position);
}
