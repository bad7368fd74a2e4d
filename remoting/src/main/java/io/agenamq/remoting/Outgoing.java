// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoding;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A frame that another thread wants written. A call has an {@code answer} and gets its opaque number on the event loop.
 *
 * @param accountedBytes what the connection counted as unsent for it when it was queued
 */
record Outgoing(
        TcpConnection connection,
        HeaderEncoding encoding,
        int code,
        int opaque,
        int flag,
        @Nullable String remark,
        Header header,
        Body body,
        @Nullable CompletableFuture<Frame> answer,
        long deadlineNanos,
        int accountedBytes) {

    /** The connection or its loop is gone. */
    void drop() {
        body.release();
        if (answer != null) {
            answer.completeExceptionally(connection.closedFailure());
        }
    }
}
