// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsSeekRequest;
import io.agenamq.protocol.command.JmsSeekResponse;
import io.agenamq.protocol.command.JmsSubscriptionsBody;
import io.agenamq.protocol.command.JmsSubscriptionsRequest;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.queue.ConsumeQueue;
import java.util.ArrayList;
import java.util.List;

/** Serves what operators ask of durable subscriptions, as tasks of {@link NamedSubscriptions}. */
final class SubscriptionHandler {

    /** Rows of one answer, which has to fit into a frame. */
    private static final int ROWS_MAX = 20_000;

    private final Store store;
    private final ActiveDestinations destinations;
    private final Beginnings beginnings;
    private final MessageFinder messages;
    private final NamedSubscriptions names;

    SubscriptionHandler(
            Store store,
            ActiveDestinations destinations,
            Beginnings beginnings,
            MessageFinder messages,
            NamedSubscriptions names) {
        this.store = store;
        this.destinations = destinations;
        this.beginnings = beginnings;
        this.messages = messages;
        this.names = names;
    }

    void register(HandlerTable table) {
        table.register(JmsCode.SUBSCRIPTIONS, this::list);
        table.register(JmsCode.SEEK, this::seek);
    }

    private void list(Request request) {
        JmsSubscriptionsRequest asked =
                JmsSubscriptionsRequest.readFrom(request.frame().fields());
        names.serve(request, registry -> {
            List<JmsSubscriptionsBody.Row> rows = new ArrayList<>();
            for (DurableSubscription each : store.subscriptions().all()) {
                if (rows.size() == ROWS_MAX) {
                    throw Checks.refusal(
                            JmsRefusal.TOO_MUCH, "there are more than " + ROWS_MAX + " subscriptions; name a topic");
                }
                if (asked.topic() == null || asked.topic().equals(each.topic())) {
                    rows.add(new JmsSubscriptionsBody.Row(
                            each.key().name(),
                            each.key().clientId(),
                            each.topic(),
                            each.selector(),
                            each.noLocal(),
                            each.shared(),
                            registry.consumerCount(each),
                            pending(each)));
                }
            }
            request.reply(Header.NONE, new JmsSubscriptionsBody(rows).toBody());
        });
    }

    private void seek(Request request) {
        JmsSeekRequest seek = JmsSeekRequest.readFrom(request.frame().fields());
        SubscriptionKey key = new SubscriptionKey(seek.clientId(), seek.name());
        names.serve(request, registry -> {
            DurableSubscription known = registry.require(key);
            List<Long> floors = seek.message() == null
                    ? beginnings.offsets(known.topic(), seek.to())
                    : beginnings.offsetsFrom(messages.require(seek.message(), known.topic()));
            JmsSeekResponse answer = new JmsSeekResponse(pending(known), countFrom(known.topic(), floors));
            if (seek.preview()) {
                request.reply(answer);
                return;
            }
            destinations.forget(registry.seek(key, () -> floors));
            DurableReply.after(store.log(), request, answer);
        });
    }

    private long pending(DurableSubscription subscription) {
        long pending = 0;
        ConsumeQueue queue = store.queue(subscription.topic(), 0);
        for (int queueId = 0; queue != null; queue = store.queue(subscription.topic(), ++queueId)) {
            CursorName cursor = subscription.cursor(queueId);
            // A message queue that the topic got later has no cursor before somebody reads it; all of it is wanted.
            pending += store.cursors().get(cursor) == null
                    ? queue.maxOffset() - queue.minOffset()
                    : store.cursors().unsettledBelow(cursor, queue.maxOffset());
        }
        return pending;
    }

    private long countFrom(String topic, List<Long> floors) {
        long count = 0;
        for (int queueId = 0; queueId < floors.size(); queueId++) {
            ConsumeQueue queue = store.queue(topic, queueId);
            count += queue == null ? 0 : Math.max(0, queue.maxOffset() - floors.get(queueId));
        }
        return count;
    }
}
