// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.broker.delivery.HomeAuthority.Verdict;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsClientIdRequest;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsHome;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsResolveRequest;
import io.agenamq.protocol.command.JmsResolveResponse;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.JmsUnsubscribeRequest;
import io.agenamq.protocol.command.JmsVacateRequest;
import io.agenamq.protocol.command.Partitions;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.cursor.SubscriptionKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Serves requests about names: of destinations, of durable subscriptions that end, and of clients. On event loops. */
final class NameHandler {

    private final Store store;
    private final DestinationCatalog catalog;
    private final HomeAuthority homes;
    private final ActiveDestinations destinations;
    private final NamedSubscriptions names;
    private final ClientIds clientIds;
    private final Attachments attachments;
    private final ConsumerLife life;
    private final Executor owners;

    NameHandler(
            Store store,
            DestinationCatalog catalog,
            HomeAuthority homes,
            ActiveDestinations destinations,
            NamedSubscriptions names,
            ClientIds clientIds,
            Attachments attachments,
            ConsumerLife life,
            Executor owners) {
        this.store = store;
        this.catalog = catalog;
        this.homes = homes;
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
        table.register(JmsCode.VACATE, this::vacate);
        table.register(JmsCode.CLIENT_ID, this::clientId);
    }

    private void resolve(Request request) {
        JmsResolveRequest resolve = JmsResolveRequest.readFrom(request.frame().fields());
        TopicConfig topic = catalog.find(resolve.topic());
        if (topic != null) {
            request.reply(resolved(topic, resolve.kind()));
            return;
        }
        ProtocolException fault =
                resolve.create() ? catalog.whyNotCreated(resolve.topic()) : Checks.noSuchDestination(resolve.topic());
        if (fault != null && fault.code() != JmsRefusal.NO_SUCH_DESTINATION.code()) {
            throw fault;
        }
        var unused = whereIs(resolve.topic(), fault == null)
                .thenAccept(verdict -> owners.execute(() -> resolveMissing(request, resolve, fault, verdict)));
    }

    /** Dead letters live where the destination lives that they come from, if that is known. */
    private CompletableFuture<Verdict> whereIs(String name, boolean take) {
        String origin = DeadLetters.originOf(name);
        if (origin == null) {
            return homes.ask(name, take);
        } else if (catalog.find(origin) != null) {
            return CompletableFuture.completedFuture(Verdict.HERE);
        }
        return homes.ask(origin, false)
                .thenCompose(verdict ->
                        verdict.isElsewhere() ? CompletableFuture.completedFuture(verdict) : homes.ask(name, take));
    }

    /** A destination that was not here; the cluster has said where it lives, or is to live. On a queue owner: an append takes its time. */
    private void resolveMissing(
            Request request, JmsResolveRequest resolve, @Nullable ProtocolException fault, Verdict verdict) {
        JmsHome home = verdict.home();
        String name = resolve.topic();
        if (verdict.why() != null) {
            request.refuse(JmsRefusal.HOME_AWAY.code(), "destination '" + name + "' is not here: " + verdict.why());
        } else if (home != null && home.address() != null) {
            String why = "destination '" + name + "' lives on broker " + home.broker() + " at " + home.address();
            request.reply(JmsRefusal.LIVES_ELSEWHERE.code(), why, home, Body.EMPTY);
        } else if (home != null && home.broker() != null) {
            request.refuse(
                    JmsRefusal.HOME_AWAY.code(),
                    "destination '" + name + "' lives on broker " + home.broker() + ", which is away");
        } else if (fault != null) {
            request.refuse(fault.code(), String.valueOf(fault.getMessage()));
        } else {
            try {
                Header created = resolved(catalog.create(name, resolve.kind()), resolve.kind());
                // Who has created it, and then asks a name server for it, or lets an operator do so, must find it.
                catalog.whenAnnounced(() -> request.reply(created));
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
            }
        }
    }

    private static Header resolved(TopicConfig topic, DestinationKind wanted) {
        Checks.requireKind(topic, wanted);
        return new JmsResolveResponse(
                Checks.kindOf(topic), Checks.queueCount(topic), Partitions.of(topic.attributes()));
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

    private void vacate(Request request) {
        JmsVacateRequest vacate = JmsVacateRequest.readFrom(request.frame().fields());
        JmsSubscription named = vacate.subscription();
        clientIds.requireNotOfAnotherUser(named.clientId(), request.connection());
        Runnable end = () -> names.serve(request, registry -> {
            DurableSubscription ended = registry.vacate(vacate.topic(), named);
            if (ended == null) {
                request.reply(Header.NONE);
                return;
            }
            destinations.forget(ended);
            DurableReply.after(store.log(), request, Header.NONE);
        });
        attachments.evict(
                new SubscriptionKey(named.clientId(), named.name()),
                definition -> definition.durable() == named.durable()
                        && !definition.topic().equals(vacate.topic()),
                life::end,
                end);
    }

    private void clientId(Request request) {
        JmsClientIdRequest wanted = JmsClientIdRequest.readFrom(request.frame().fields());
        ConnectionConsumers consumers = ConnectionConsumers.of(request.connection());
        if (!wanted.held()) {
            clientIds.giveBack(wanted.clientId(), wanted.owner(), request.connection());
            consumers.gaveBackClientId(wanted.clientId());
        } else if (clientIds.take(wanted.clientId(), wanted.owner(), request.connection())) {
            consumers.tookClientId(wanted.clientId());
        } else {
            throw Checks.refusal(
                    JmsRefusal.CLIENT_ID_IN_USE,
                    "another connection has the client identifier '" + wanted.clientId() + "'");
        }
        request.reply(Header.NONE);
    }
}
