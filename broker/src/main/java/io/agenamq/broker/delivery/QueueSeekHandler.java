// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsQueueSeekRequest;
import io.agenamq.protocol.command.JmsQueueSeekResponse;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Serves {@link JmsCode#QUEUE_SEEK}: the queue gets new cursors, which begin elsewhere. Acknowledgements name cursors by numbers that are never used
 * twice, so what was delivered before cannot reach the new ones: neither a late acknowledgement, nor a transaction that is about to commit.
 */
final class QueueSeekHandler {

    private final Beginnings beginnings;
    private final MessageFinder messages;
    private final SubscriptionOpener opener;
    private final QueueTurns turns;
    private final Executor owners;

    QueueSeekHandler(
            Beginnings beginnings,
            MessageFinder messages,
            SubscriptionOpener opener,
            QueueTurns turns,
            Executor owners) {
        this.beginnings = beginnings;
        this.messages = messages;
        this.opener = opener;
        this.turns = turns;
        this.owners = owners;
    }

    void register(HandlerTable table) {
        table.register(JmsCode.QUEUE_SEEK, this::seek);
    }

    private void seek(Request request) {
        JmsQueueSeekRequest seek = JmsQueueSeekRequest.readFrom(request.frame().fields());
        TopicConfig topic = turns.requireQueue(seek.topic());
        owners.execute(() -> {
            List<Long> floors;
            try {
                floors = floors(seek);
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
                return;
            }
            turns.onOwner(request, topic, destination -> seek(request, seek, topic, destination, floors));
        });
    }

    private List<Long> floors(JmsQueueSeekRequest seek) {
        return seek.message() == null
                ? beginnings.offsets(seek.topic(), seek.to())
                : beginnings.offsetsFrom(messages.require(seek.message(), seek.topic()));
    }

    private void seek(
            Request request, JmsQueueSeekRequest seek, TopicConfig topic, Destination destination, List<Long> floors) {
        Subscription subscription = opener.ofQueue(destination, topic);
        if (floors.size() != subscription.windows().size()) {
            throw Checks.noSuchDestination(seek.topic());
        }
        JmsQueueSeekResponse answer = answer(subscription, floors);
        if (seek.preview()) {
            request.reply(answer);
            return;
        }
        opener.seek(subscription, floors);
        destination.stir(subscription);
        destination.answer(request, answer, true);
    }

    private static JmsQueueSeekResponse answer(Subscription subscription, List<Long> floors) {
        long before = 0;
        long again = 0;
        long skipped = 0;
        long held = 0;
        long knownSince = 0;
        for (int index = 0; index < floors.size(); index++) {
            Window window = subscription.windows().get(index);
            ConsumeQueue queue = window.queue();
            long end = queue.maxOffset();
            long complete = Math.max(floors.get(index), queue.completeFrom());
            long unsettled = window.cursor().unsettledBelow(end);
            before += unsettled;
            skipped += window.cursor().unsettledBelow(Math.min(end, floors.get(index)));
            again += Math.max(0, end - complete - (unsettled - window.cursor().unsettledBelow(complete)));
            held += window.heldCount();
            QueueEntry first = new QueueEntry();
            if (queue.read(queue.completeFrom(), first)) {
                knownSince = Math.max(knownSince, first.storeTime());
            }
        }
        return new JmsQueueSeekResponse(
                before,
                before - skipped + again,
                again,
                skipped,
                Math.max(0, held - subscription.parkedCount()),
                knownSince);
    }
}
