// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsAttachRequest;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TemporaryTopic;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;

/**
 * Serves {@link JmsCode#ATTACH}: checks what is asked for on the event loop, settles the name of a named subscription, and then lets the consumer begin
 * as a task of its destination.
 */
final class AttachHandler {

    private final Store store;
    private final DestinationCatalog catalog;
    private final ActiveDestinations destinations;
    private final SubscriptionOpener opener;
    private final Beginnings beginnings;
    private final NamedSubscriptions names;
    private final ClientIds clientIds;
    private final ConsumerLife life;
    private final Attachments attachments;
    private final ResumeHandler resuming;
    private final TemporaryDestinations temporaries;

    AttachHandler(
            Store store,
            DestinationCatalog catalog,
            TemporaryDestinations temporaries,
            ActiveDestinations destinations,
            SubscriptionOpener opener,
            Beginnings beginnings,
            NamedSubscriptions names,
            ClientIds clientIds,
            ConsumerLife life,
            Attachments attachments,
            ResumeHandler resuming) {
        this.store = store;
        this.catalog = catalog;
        this.temporaries = temporaries;
        this.destinations = destinations;
        this.opener = opener;
        this.beginnings = beginnings;
        this.names = names;
        this.clientIds = clientIds;
        this.life = life;
        this.attachments = attachments;
        this.resuming = resuming;
    }

    void register(HandlerTable table) {
        table.register(JmsCode.ATTACH, this::attach);
    }

    private void attach(Request request) {
        JmsAttachRequest attach = JmsAttachRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = ConnectionConsumers.of(request.connection());
        if (consumers.get(attach.consumer()) != null) {
            throw Checks.refusal(JmsRefusal.NO_SUCH_CONSUMER, "consumer " + attach.consumer() + " is attached already");
        }
        if (consumers.count() >= ConnectionConsumers.COUNT_MAX) {
            throw Checks.refusal(
                    JmsRefusal.TOO_MUCH,
                    "a connection has at most " + ConnectionConsumers.COUNT_MAX + " consumers; close some, or their "
                            + "sessions, or use another connection");
        }
        Selector selector = Checks.parse(attach.selector());
        TopicConfig topic = catalog.find(attach.topic());
        if (topic == null) {
            throw Checks.noSuchDestination(attach.topic());
        }
        Checks.requireKind(topic, attach.kind());
        temporaries.requireOwner(attach.topic(), request.connection());
        AttachedConsumer former = attachments.find(attach.attachment());
        if (former == null) {
            begin(request, attach, topic, selector, consumers);
        } else {
            resuming.resume(
                    request, attach, former, consumers, () -> begin(request, attach, topic, selector, consumers));
        }
    }

    private void begin(
            Request request,
            JmsAttachRequest attach,
            TopicConfig topic,
            Selector selector,
            ConnectionConsumers consumers) {
        JmsSubscription named = attach.subscription();
        if (named == null) {
            attach(request, attach, topic, selector, consumers);
        } else {
            subscribe(request, attach, named, topic, selector, consumers);
        }
    }

    // ---- to a queue, or to a topic without a name

    private void attach(
            Request request,
            JmsAttachRequest attach,
            TopicConfig topic,
            Selector selector,
            ConnectionConsumers consumers) {
        Destination destination = destinations.open(topic.topicName());
        boolean isQueue = attach.kind() == DestinationKind.QUEUE;
        Lane.Filter filter = new Lane.Filter(selector, isQueue ? null : attach.exceptPrefix(), null);
        consumers.post(destination, () -> {
            if (!destinations.isActive(destination)) {
                // It was given up between the look-up and this task.
                Connection connection = request.connection();
                ConsumerLife.onLoop(connection, () -> attachAgain(request, attach, topic, selector, consumers));
                return;
            }
            try {
                // Before there is a subscription for it.
                attachments.requireLatest(attach.attachment());
                Subscription subscription =
                        isQueue ? opener.ofQueue(destination, topic) : opener.plain(destination, attach.start());
                life.begin(request, attach, consumers, destination, subscription, filter, null);
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
                destination.afterTurn(() -> destinations.giveUpIfIdle(destination));
            }
        });
    }

    private void attachAgain(
            Request request,
            JmsAttachRequest attach,
            TopicConfig topic,
            Selector selector,
            ConnectionConsumers consumers) {
        try {
            attach(request, attach, topic, selector, consumers);
        } catch (ProtocolException refused) {
            request.refuse(refused.code(), String.valueOf(refused.getMessage()));
        }
        consumers.workTouched();
    }

    // ---- to a named subscription of a topic: first its name is settled, then the consumer is attached

    private void subscribe(
            Request request,
            JmsAttachRequest attach,
            JmsSubscription named,
            TopicConfig topic,
            Selector selector,
            ConnectionConsumers consumers) {
        if (attach.kind() == DestinationKind.QUEUE
                || named.name().isEmpty()
                || (!named.durable() && !named.shared())
                || (!named.shared() && named.clientId() == null)
                || (named.durable() && TemporaryTopic.isTemporary(topic.topicName()))) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER, "there cannot be such a subscription: " + named);
        }
        clientIds.requireNotOfAnotherUser(named.clientId(), request.connection());
        boolean noLocal = attach.exceptPrefix() != null && !named.shared();
        Lane.Filter filter = new Lane.Filter(selector, null, noLocal ? named.clientId() : null);
        UsedSubscription.Definition wanted = new UsedSubscription.Definition(
                new SubscriptionKey(named.clientId(), named.name()),
                named.durable(),
                named.shared(),
                topic.topicName(),
                selector.text().isEmpty() ? null : selector.text(),
                noLocal);
        // Whoever is absent keeps nobody out, unless they share.
        attachments.evict(
                wanted.key(),
                absent -> !wanted.shared() || !absent.equals(wanted),
                life::end,
                () -> join(request, attach, consumers, filter, wanted));
    }

    private void join(
            Request request,
            JmsAttachRequest attach,
            ConnectionConsumers consumers,
            Lane.Filter filter,
            UsedSubscription.Definition wanted) {
        names.serve(request, registry -> {
            DurableSubscription before = store.subscriptions().get(wanted.key());
            UsedSubscription used = registry.join(wanted, () -> beginnings.offsets(wanted.topic(), attach.start()));
            if (before != null && wanted.durable() && !before.equals(used.stored)) {
                destinations.forget(before);
            }
            attachNamed(request, attach, consumers, filter, used);
        });
    }

    private void attachNamed(
            Request request,
            JmsAttachRequest attach,
            ConnectionConsumers consumers,
            Lane.Filter filter,
            UsedSubscription used) {
        Destination destination = destinations.open(used.definition.topic());
        destination.postAlways(() -> {
            if (!destinations.isActive(destination)) {
                // It was given up between the look-up and this task.
                names.execute(() -> attachNamed(request, attach, consumers, filter, used));
                return;
            }
            try {
                attachments.requireLatest(attach.attachment());
                Subscription subscription = opener.named(destination, used, attach.start());
                life.begin(request, attach, consumers, destination, subscription, filter, used);
            } catch (ProtocolException refused) {
                names.left(used);
                names.done(used);
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
                destination.afterTurn(() -> destinations.giveUpIfIdle(destination));
            }
        });
        destination.work();
    }
}
