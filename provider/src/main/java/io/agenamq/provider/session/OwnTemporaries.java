// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.Route;
import io.agenamq.provider.destination.AgenaDestination;
import io.agenamq.provider.destination.AgenaTemporaryQueue;
import io.agenamq.provider.destination.AgenaTemporaryTopic;
import io.agenamq.provider.destination.TemporaryName;
import io.agenamq.provider.destination.TemporaryOwner;
import jakarta.jms.JMSException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The temporary destinations of one connection, and the ways to those of others. They live on the broker; here is only what they are called. Nothing
 * is kept of one that was deleted, nor of one of another connection. Any thread; methods wait for the broker where it has to be asked.
 */
final class OwnTemporaries implements TemporaryOwner {

    private static final Logger LOG = LoggerFactory.getLogger(OwnTemporaries.class);

    private final Link link;
    private final UniqueKeys names;
    private final Map<AgenaDestination, Route> routes = new ConcurrentHashMap<>();

    /** By which the broker knows this connection over another channel; in no message, unlike everything else that names it. */
    private final String secret = UUID.randomUUID().toString();

    OwnTemporaries(Link link, UniqueKeys names) {
        this.link = link;
        this.names = names;
    }

    AgenaTemporaryQueue createQueue() throws JMSException {
        String unique = names.next();
        Route route = create(unique, DestinationKind.QUEUE);
        AgenaTemporaryQueue queue = new AgenaTemporaryQueue(nameOf(unique, route), this);
        routes.put(queue, route);
        return queue;
    }

    AgenaTemporaryTopic createTopic() throws JMSException {
        String unique = names.next();
        Route route = create(unique, DestinationKind.TOPIC);
        AgenaTemporaryTopic topic = new AgenaTemporaryTopic(nameOf(unique, route), this);
        routes.put(topic, route);
        return topic;
    }

    private Route create(String unique, DestinationKind kind) throws JMSException {
        return Failures.await(
                link.temporaries().create(unique, kind, secret), "cannot create a temporary " + kind.word());
    }

    private static String nameOf(String unique, Route route) {
        return new TemporaryName(unique, route.homes().get(0).broker()).toString();
    }

    @Override
    public void delete(AgenaDestination destination) throws JMSException {
        Route route = routes.get(destination);
        if (route != null) {
            Failures.await(link.temporaries().delete(route), "cannot delete " + destination);
            routes.remove(destination);
        }
    }

    /** Where a temporary destination of anybody is, if it is. */
    Route route(AgenaDestination destination) throws JMSException {
        Route own = routes.get(destination);
        if (own != null) {
            return own;
        }
        TemporaryName name = TemporaryName.of(destination);
        DestinationKind kind = destination.isQueue() ? DestinationKind.QUEUE : DestinationKind.TOPIC;
        return Failures.await(link.temporaries().find(name.broker(), name.unique(), kind), "cannot use " + destination);
    }

    /** The same for one that is there. */
    Route requireThere(AgenaDestination destination) throws JMSException {
        Route route = route(destination);
        Failures.await(link.temporaries().requireThere(route), "cannot use " + destination);
        return route;
    }

    /** The connection is closed: they are gone when this returns. */
    void close() {
        if (routes.isEmpty()) {
            return;
        }
        try {
            Failures.await(link.temporaries().deleteAll(), "cannot delete temporary destinations");
        } catch (JMSException lostAnyway) {
            LOG.debug("temporary destinations go with the channel", lostAnyway);
        }
    }
}
