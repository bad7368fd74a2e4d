// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.SelectorException;
import io.agenamq.protocol.selector.Typing;
import io.agenamq.provider.client.ConsumerLink;
import io.agenamq.provider.client.ConsumerSpec;
import io.agenamq.provider.client.Route;
import io.agenamq.provider.destination.AgenaDestination;
import io.agenamq.provider.destination.AgenaTopic;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Topic;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins consumers at the brokers of their destinations: all of it or nothing. Methods wait for the brokers. */
final class Attaching {

    private static final Logger LOG = LoggerFactory.getLogger(Attaching.class);

    private final AgenaConnection connection;
    private final SessionState state;
    private final Consumers consumers;
    private final Inbox inbox;
    private final boolean individually;
    private final Listening listening;
    private final PartitionWatch watch;

    /**
     * For the consumers of one session.
     *
     * @param individually whether each of their messages is acknowledged by itself
     */
    Attaching(
            AgenaConnection connection,
            SessionState state,
            Consumers consumers,
            Inbox inbox,
            Listening listening,
            boolean individually) {
        this.connection = connection;
        this.state = state;
        this.consumers = consumers;
        this.inbox = inbox;
        this.listening = listening;
        this.individually = individually;
        this.watch = new PartitionWatch(connection, state);
    }

    /** Checks what a consumer asks for. */
    static ConsumerTerms terms(@Nullable Destination destination, @Nullable String selector, boolean noLocal)
            throws JMSException {
        return new ConsumerTerms(AgenaDestination.of(destination), requireSelector(selector), noLocal, null);
    }

    /** The same for a consumer of a named subscription. */
    ConsumerTerms terms(
            @Nullable Topic topic,
            @Nullable String name,
            @Nullable String selector,
            boolean noLocal,
            boolean durable,
            boolean shared)
            throws JMSException {
        AgenaDestination ours = AgenaDestination.of(topic);
        if (durable && ours.isTemporary()) {
            throw new InvalidDestinationException(
                    ours + " ends with its connection and has no durable subscriptions", "NO_SUCH_DESTINATION");
        }
        String checkedSelector = requireSelector(selector);
        String checkedName = requireSubscriptionName(name);
        String clientId = connection.clientId();
        if (clientId == null && !shared) {
            throw new IllegalStateException("an unshared durable subscription needs a client identifier; set one with "
                    + "setClientID or on the connection factory");
        }
        return new ConsumerTerms(
                ours, checkedSelector, noLocal, new JmsSubscription(checkedName, clientId, durable, shared));
    }

    static String requireSubscriptionName(@Nullable String name) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new JMSException("a subscription needs a name");
        }
        return name;
    }

    /**
     * Begins a consumer, and the named subscription that it takes part in if there is none. When this returns, a topic's messages from now on
     * are its own.
     */
    <C extends AgenaConsumer> C open(C consumer) throws JMSException {
        Route route = attach(consumer);
        state.lock();
        try {
            if (!state.isEnding()) {
                consumers.add(consumer);
                if (state.isStarted()) {
                    consumer.sources.forEach(Source::grantWindow);
                }
                if (route.isPartitioned()) {
                    watch.begin(consumer, route.partitions(), () -> attachMissing(consumer));
                }
                return consumer;
            }
        } finally {
            state.unlock();
        }
        abandon(consumer);
        throw new IllegalStateException("the session was closed");
    }

    /**
     * Gives a consumer its sources, one for each broker that its destination lives on, without credit; of a partitioned queue only those whose brokers are
     * there, unless none is.
     */
    private Route attach(AgenaConsumer consumer) throws JMSException {
        ConsumerTerms terms = consumer.terms();
        AgenaDestination destination = terms.destination();
        Route route = connection.route(destination);
        JmsSubscription named = terms.subscription();
        if (named != null) {
            Failures.await(connection.link().vacate(route, named), "cannot consume from " + destination);
        }
        for (Route.Home home : PartitionsThere.of(connection.link(), route)) {
            Source source = newSource(consumer, route, home);
            ConsumerLink link = attach(consumer, home, spec(terms, route), source);
            state.lock();
            try {
                source.attached(link);
                consumer.sources.add(source);
            } finally {
                state.unlock();
            }
        }
        return route;
    }

    /** Attaches a consumer of a partitioned queue to partitions that it does not hear. What does not work now is tried again. */
    private void attachMissing(AgenaConsumer consumer) {
        try {
            Route route = connection.freshRoute(consumer.destination());
            for (Route.Home home : PartitionsThere.of(connection.link(), route)) {
                attachIfMissing(consumer, route, home);
            }
        } catch (JMSException notNow) {
            LOG.debug("a partition of {} is not there", consumer.destination(), notNow);
        }
    }

    private void attachIfMissing(AgenaConsumer consumer, Route route, Route.Home home) throws JMSException {
        state.lock();
        try {
            if (consumer.closed || state.isEnding() || consumer.hears(home.broker())) {
                return;
            }
        } finally {
            state.unlock();
        }
        Source source = newSource(consumer, route, home);
        ConsumerLink link = Failures.await(
                connection.link().attach(home, spec(consumer.terms(), route), 0, 0, source),
                "cannot consume from " + consumer.destination());
        state.lock();
        try {
            source.attached(link);
            if (consumer.closed || state.isEnding()) {
                var unused = source.detach(true);
                return;
            }
            consumer.sources.add(source);
            consumer.sources.removeIf(
                    former -> former.failure() != null && former.broker().equals(home.broker()));
            if (state.isStarted()) {
                source.grantWindow();
            }
            state.signal();
            listening.dispatchIfNeeded();
        } finally {
            state.unlock();
        }
    }

    private ConsumerSpec spec(ConsumerTerms terms, Route route) {
        AgenaDestination destination = terms.destination();
        return new ConsumerSpec(
                route.topic(),
                destination.isQueue() ? DestinationKind.QUEUE : DestinationKind.TOPIC,
                terms.selector(),
                terms.noLocal() && !destination.isQueue() ? connection.messageKeyPrefix() : null,
                terms.subscription(),
                destination instanceof AgenaTopic topic ? topic.start() : null);
    }

    private Source newSource(AgenaConsumer consumer, Route route, Route.Home home) {
        ConnectionSettings settings = connection.settings();
        int homes = Math.max(route.partitions(), route.homes().size());
        Integer prefetch = consumer.destination().prefetch();
        int window = prefetch == null ? settings.prefetchMessages() : prefetch;
        int messages = window == 0 ? 0 : Math.max(1, window / homes);
        int bytes = Math.max(1, settings.prefetchBytes() / homes);
        return new Source(consumer, inbox, home.broker(), messages, bytes, individually);
    }

    private ConsumerLink attach(AgenaConsumer consumer, Route.Home home, ConsumerSpec spec, Source source)
            throws JMSException {
        CompletableFuture<ConsumerLink> answer = connection.link().attach(home, spec, 0, 0, source);
        try {
            return Failures.await(answer, "cannot consume from " + consumer.destination());
        } catch (JMSException failed) {
            // A thread that was interrupted has not waited: what begins after all ends at once.
            var unused = answer.thenCompose(late -> late.detach(0, true));
            if (failed instanceof InvalidDestinationException) {
                connection.forgetRoute(consumer.destination());
            }
            abandon(consumer);
            throw failed;
        }
    }

    /** Ends what {@link #attach} has begun of a consumer that nobody has got. */
    private static void abandon(AgenaConsumer consumer) {
        consumer.closed = true;
        for (Source source : consumer.sources) {
            var unused = source.detach(true);
        }
    }

    /** The selector as it was given, null for none; checked here, so that a bad one has no effect anywhere. */
    static @Nullable String requireSelector(@Nullable String selector) throws InvalidSelectorException {
        if (selector == null || selector.isBlank()) {
            return null;
        }
        try {
            Selector.parse(selector, Typing.STRICT);
            return selector;
        } catch (SelectorException malformed) {
            throw Failures.withCause(
                    new InvalidSelectorException(malformed.getMessage(), "INVALID_SELECTOR"), malformed);
        }
    }
}
