// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.Request;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.PositionWaiter;

/** An answer that waits until what it reports is on the disk. */
record DurableAnswer(Request request, Header header) implements PositionWaiter {

    /** Answers when everything below {@code position} is on the disk. */
    static void when(CommitLog log, long position, Request request, Header header) {
        log.whenDurable(position, new DurableAnswer(request, header));
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
