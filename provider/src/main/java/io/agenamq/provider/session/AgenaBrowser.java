// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.JmsDeliveries;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.Page;
import io.agenamq.provider.client.Route;
import io.agenamq.provider.destination.AgenaDestination;
import io.agenamq.provider.message.MessageReader;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Enumeration;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Looks at a queue. Each enumeration begins anew and ends where the queue ended when it was asked for. */
final class AgenaBrowser implements QueueBrowser {

    private static final int PAGE_MESSAGES = 256;

    private final AgenaSession session;
    private final Link link;
    private final Queue given;
    private final AgenaDestination queue;
    private final Route route;
    private final @Nullable String selector;
    private final MessageReader reader;
    private volatile boolean closed;

    AgenaBrowser(
            AgenaSession session,
            Link link,
            Queue given,
            AgenaDestination queue,
            Route route,
            @Nullable String selector,
            MessageReader reader) {
        this.session = session;
        this.link = link;
        this.given = given;
        this.queue = queue;
        this.route = route;
        this.selector = selector;
        this.reader = reader;
    }

    private void requireOpen() throws JMSException {
        session.requireOpen();
        if (closed) {
            throw new IllegalStateException("the browser is closed");
        }
    }

    @Override
    public Queue getQueue() throws JMSException {
        requireOpen();
        return given;
    }

    @Override
    public @Nullable String getMessageSelector() throws JMSException {
        requireOpen();
        return selector;
    }

    @Override
    public Enumeration<Message> getEnumeration() throws JMSException {
        requireOpen();
        Pages pages = new Pages();
        pages.fetch();
        return pages;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** One walk through the queue, home by home and message queue by message queue; partitions that are not there are left out. */
    @SuppressWarnings("JdkObsolete") // the API of 1998 asks for it
    private final class Pages implements Enumeration<Message> {

        private final Deque<Message> waiting = new ArrayDeque<>();
        private final List<Route.Home> homes = PartitionsThere.of(link, route);
        private int home;
        private int queueId;
        private long offset;
        private long until;

        /** Reads pages until there is a message or all were read. Waits for the broker. */
        void fetch() throws JMSException {
            while (waiting.isEmpty() && home < homes.size()) {
                Route.Home from = homes.get(home);
                Page page = Failures.await(
                        link.browse(from, route.topic(), queueId, selector, offset, until, PAGE_MESSAGES),
                        "cannot browse " + queue);
                JmsDeliveries.forEach(
                        page.records(),
                        (count, at, length) -> waiting.add(reader.read(page.records(), at, count, queue)));
                offset = page.nextOffset();
                until = page.until();
                if (page.isLast()) {
                    nextQueue(from);
                }
            }
        }

        private void nextQueue(Route.Home from) {
            offset = 0;
            until = 0;
            if (++queueId == from.queueCount()) {
                queueId = 0;
                home++;
            }
        }

        @Override
        public boolean hasMoreElements() {
            if (waiting.isEmpty() && !closed) {
                try {
                    fetch();
                } catch (JMSException failed) {
                    throw Failures.unchecked(failed);
                }
            }
            return !waiting.isEmpty();
        }

        @Override
        public Message nextElement() {
            if (!hasMoreElements()) {
                throw new NoSuchElementException("there are no more messages");
            }
            return waiting.remove();
        }
    }
}
