// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsClientIdRequest;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsResolveRequest;
import io.agenamq.protocol.command.JmsResolveResponse;
import io.agenamq.protocol.command.JmsUnsubscribeRequest;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;
import java.util.concurrent.Executor;

/** Serves requests about names: of destinations, of durable subscriptions that end, and of clients. On event loops. */
final class NameHandler {

    private final Store store;
    private final DestinationCatalog catalog;
    private final ActiveDestinations destinations;
    private final NamedSubscriptions names;
    private final ClientIds clientIds;
    private final Attachments attachments;
    private final ConsumerLife life;
    private final Executor owners;

    NameHandler(
            Store store,
            DestinationCatalog catalog,
            ActiveDestinations destinations,
            NamedSubscriptions names,
            ClientIds clientIds,
            Attachments attachments,
            ConsumerLife life,
            Executor owners) {
        this.store = store;
        this.catalog = catalog;
        this.destinations = destinations;
        this.names = names;
        this.clientIds = clientIds;
        this.attachments = attachments;
        this.life = life;
        this.owners = owners;
    }

    void register(HandlerTable table) {
        table.register(JmsCode.RESOLVE, this::resolve);
        table.register(JmsCode.UNSUBSCRIBE, this::unsubscribe);
        table.register(JmsCode.CLIENT_ID, this::clientId);
    }

    private void resolve(Request request) {
        JmsResolveRequest resolve = JmsResolveRequest.readFrom(request.frame().fields());
        TopicConfig topic = catalog.find(resolve.topic());
        if (topic != null) {
            request.reply(resolved(topic, resolve.kind()));
        } else if (!resolve.create()) {
            throw Checks.noSuchDestination(resolve.topic());
        } else {
            owners.execute(() -> {
                try {
                    request.reply(resolved(catalog.create(resolve.topic(), resolve.kind()), resolve.kind()));
                } catch (ProtocolException refused) {
                    request.refuse(refused.code(), String.valueOf(refused.getMessage()));
                }
            });
        }
    }

    private static Header resolved(TopicConfig topic, DestinationKind wanted) {
        Checks.requireKind(topic, wanted);
        return new JmsResolveResponse(Checks.kindOf(topic), Checks.queueCount(topic));
    }

    private void unsubscribe(Request request) {
        JmsUnsubscribeRequest unsubscribe =
                JmsUnsubscribeRequest.readFrom(request.frame().fields());
        clientIds.requireNotOfAnotherUser(unsubscribe.clientId(), request.connection());
        SubscriptionKey key = new SubscriptionKey(unsubscribe.clientId(), unsubscribe.name());
        Runnable end = () -> names.serve(request, registry -> {
            DurableSubscription ended = registry.unsubscribe(key);
            destinations.forget(ended);
            DurableReply.after(store.log(), request, Header.NONE);
        });
        attachments.evict(key, UsedSubscription.Definition::durable, life::end, end);
    }

    private void clientId(Request request) {
        JmsClientIdRequest wanted = JmsClientIdRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = ConnectionConsumers.of(request.connection());
        if (!wanted.held()) {
            clientIds.giveBack(wanted.clientId(), wanted.owner(), request.connection());
            consumers.clientIds().remove(wanted.clientId());
        } else if (clientIds.take(wanted.clientId(), wanted.owner(), request.connection())) {
            consumers.clientIds().add(wanted.clientId());
        } else {
            throw Checks.refusal(
                    JmsRefusal.CLIENT_ID_IN_USE,
                    "another connection has the client identifier '" + wanted.clientId() + "'");
        }
        request.reply(Header.NONE);
    }
}
