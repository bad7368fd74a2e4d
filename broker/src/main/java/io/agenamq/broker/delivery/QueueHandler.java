// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsConfigureRequest;
import io.agenamq.protocol.command.JmsQueueStatusRequest;
import io.agenamq.protocol.command.JmsQueueStatusResponse;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsSweepRequest;
import io.agenamq.protocol.command.JmsSweepResponse;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import java.util.concurrent.Executor;

/** Serves what operators ask of a queue: how it is, taking messages out of it, and changing its rules. The work is done on owner threads. */
final class QueueHandler {

    private final Store store;
    private final DestinationCatalog catalog;
    private final ActiveDestinations destinations;
    private final SubscriptionOpener opener;
    private final QueueTurns turns;
    private final BatchPool batches;
    private final Executor owners;

    QueueHandler(
            Store store,
            DestinationCatalog catalog,
            ActiveDestinations destinations,
            SubscriptionOpener opener,
            QueueTurns turns,
            BatchPool batches,
            Executor owners) {
        this.store = store;
        this.catalog = catalog;
        this.destinations = destinations;
        this.opener = opener;
        this.turns = turns;
        this.batches = batches;
        this.owners = owners;
    }

    void register(HandlerTable table) {
        table.register(JmsCode.QUEUE_STATUS, this::status);
        table.register(JmsCode.SWEEP, this::sweep);
        table.register(JmsCode.CONFIGURE, this::configure);
    }

    // ---- how it is

    private void status(Request request) {
        JmsQueueStatusRequest asked =
                JmsQueueStatusRequest.readFrom(request.frame().fields());
        TopicConfig topic = turns.requireQueue(asked.topic());
        turns.onOwner(request, topic, destination -> {
            Subscription subscription = opener.ofQueue(destination, topic);
            // First a turn, which passes what is due or gone.
            destination.stir(subscription);
            destination.afterTurn(() -> {
                request.reply(statusOf(topic, subscription));
            });
        });
    }

    private static JmsQueueStatusResponse statusOf(TopicConfig topic, Subscription subscription) {
        long unsettled = 0;
        long held = 0;
        long redelivered = 0;
        long oldest = 0;
        for (Window window : subscription.windows()) {
            unsettled += window.unsettledCount();
            held += window.heldCount();
            redelivered += window.redeliveredCount();
            long time = window.oldestStoreTime();
            if (time > 0) {
                oldest = oldest == 0 ? time : Math.min(oldest, time);
            }
        }
        long parked = subscription.parkedCount();
        DeliveryRules rules = DeliveryRules.of(topic.topicName(), topic.attributes());
        return new JmsQueueStatusResponse(
                Math.max(0, unsettled - held),
                Math.max(0, held - parked),
                parked,
                redelivered,
                oldest,
                subscription.consumers().size(),
                rules.paused(),
                rules.exclusive(),
                DeadLetters.queueOf(topic.topicName()));
    }

    // ---- taking messages out of it

    private void sweep(Request request) {
        JmsSweepRequest part = JmsSweepRequest.readFrom(request.frame().fields());
        Selector selector = Checks.parse(part.selector());
        TopicConfig topic = turns.requireQueue(part.topic());
        int targetQueueId = targetQueueId(part);
        turns.onOwner(request, topic, destination -> {
            Subscription subscription = opener.ofQueue(destination, topic);
            if (part.queueId() < 0 || part.queueId() >= subscription.windows().size()) {
                throw Checks.refusal(
                        JmsRefusal.NO_SUCH_DESTINATION,
                        "there is no message queue " + part.queueId() + " of '" + part.topic() + "'");
            }
            JmsSweepResponse done = new Sweep(store.log(), batches, store::message)
                    .run(
                            part,
                            selector,
                            subscription,
                            targetQueueId,
                            subscription.windows().size());
            destination.stir(subscription);
            boolean last = done.offset() >= done.until() || done.count() >= part.messages();
            destination.answer(request, done, last);
        });
    }

    private int targetQueueId(JmsSweepRequest part) {
        String target = part.target();
        if (target == null) {
            return 0;
        }
        if (target.equals(part.topic())) {
            throw Checks.refusal(JmsRefusal.WRONG_KIND, "queue '" + target + "' is where the messages are already");
        }
        return part.queueId() % Checks.queueCount(turns.requireQueue(target));
    }

    // ---- changing its rules

    private void configure(Request request) {
        JmsConfigureRequest change =
                JmsConfigureRequest.readFrom(request.frame().fields());
        DeliveryRules.check(change.name(), change.value());
        TopicConfig topic = catalog.find(change.topic());
        if (topic == null) {
            throw Checks.noSuchDestination(change.topic());
        }
        if (Checks.kindOf(topic) == DestinationKind.NATIVE) {
            throw Checks.refusal(
                    JmsRefusal.WRONG_KIND, "'" + change.topic() + "' is a native topic; its clients pull as they like");
        }
        owners.execute(() -> {
            try {
                catalog.configure(change.topic(), change.name(), change.value());
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
                return;
            }
            Destination destination = destinations.find(change.topic());
            if (destination != null) {
                destination.postAlways(() -> destination.subscriptions().forEach(destination::stir));
                destination.work();
            }
            DurableReply.after(store.log(), request, Header.NONE);
        });
    }
}
