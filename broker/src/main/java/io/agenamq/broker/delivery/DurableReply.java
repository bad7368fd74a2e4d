// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.Request;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.PositionWaiter;

/** An answer that waits until what it reports is on the disk. */
record DurableReply(Request request, Header header) implements PositionWaiter {

    /** Answers when everything that is in the log now is on the disk. */
    static void after(CommitLog log, Request request, Header header) {
        log.whenDurable(log.writtenPosition(), new DurableReply(request, header));
    }

    @Override
    public void durable(long durablePosition) {
        request.reply(header);
    }

    @Override
    public void failed(String reason) {
        request.refuse(JmsRefusal.STORE_REFUSES.code(), reason);
    }
}
