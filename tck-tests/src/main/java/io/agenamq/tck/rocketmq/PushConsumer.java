// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.client.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A {@code DefaultMQPushConsumer} of the official client, and everything that its listener and its rebalance saw. */
public final class PushConsumer extends Remote {

    private final List<Received> received = new ArrayList<>();
    private final List<Received> done = new ArrayList<>();
    private final List<Allocation> allocations = new ArrayList<>();

    PushConsumer(ClientProcess process, String name) {
        super(process, name);
    }

    /** One decision of the allocation strategy: the clients and queues that it was shown, and what it gave to this client. */
    public record Allocation(String client, List<String> clients, List<QueueName> all, List<QueueName> mine) {}

    synchronized void observe(Line event) {
        switch (event.text("name")) {
            case "message" -> received.add(Received.of(Line.parse(event.text("message")), event));
            case "done" -> done.add(Received.of(Line.parse(event.text("message")), event));
            case "allocation" ->
                allocations.add(new Allocation(
                        event.text("client"),
                        List.of(event.text("clients").split(",")),
                        QueueName.list(event, "all"),
                        QueueName.list(event, "mine")));
            default -> throw new IllegalArgumentException(event.toString());
        }
    }

    /** What the listener got so far, in its order. */
    public synchronized List<Received> received() {
        return List.copyOf(received);
    }

    public List<String> bodies() {
        return received().stream().map(Received::body).collect(Collectors.toList());
    }

    /** What a gated listener has returned from. */
    public synchronized List<Received> done() {
        return List.copyOf(done);
    }

    public synchronized List<Allocation> allocations() {
        return List.copyOf(allocations);
    }

    /** The queues that it was given last; empty before the first rebalance. */
    public synchronized Set<QueueName> queues() {
        var queues = new TreeSet<QueueName>((a, b) -> a.toString().compareTo(b.toString()));
        if (!allocations.isEmpty()) {
            queues.addAll(allocations.get(allocations.size() - 1).mine());
        }
        return queues;
    }

    /** How many members the group had at the last rebalance. */
    public synchronized int memberCount() {
        return allocations.isEmpty()
                ? 0
                : allocations.get(allocations.size() - 1).clients().size();
    }

    /** Lets a gated listener return from this many calls. */
    public void open(int permits) {
        call("open", request().with("permits", permits));
    }

    public void suspend() {
        call("suspend", request());
    }

    public void resume() {
        call("resume", request());
    }

    /** How to start one. */
    public static final class Plan {
        private final ClientProcess process;
        private final Line request;

        Plan(ClientProcess process, Line request) {
            this.process = process;
            this.request = request;
        }

        public Plan tags(String expression) {
            request.with("tags", expression);
            return this;
        }

        public Plan sql(String expression) {
            request.with("sql", expression);
            return this;
        }

        public Plan orderly() {
            request.with("orderly", true);
            return this;
        }

        public Plan broadcasting() {
            request.with("broadcasting", true);
            return this;
        }

        public Plan fromLast() {
            request.with("from", "LAST_OFFSET");
            return this;
        }

        /** {@code yyyyMMddHHmmss} in the client's time zone. */
        public Plan fromTimestamp(String timestamp) {
            request.with("from", "TIMESTAMP").with("timestamp", timestamp);
            return this;
        }

        /** As the official strategy calls itself. */
        public Plan strategy(String name) {
            request.with("strategy", name);
            return this;
        }

        /** For the strategy {@code CONFIG}. */
        public Plan queues(List<QueueName> queues) {
            request.withLines("queues", QueueName.lines(queues));
            return this;
        }

        /** For the strategy {@code MACHINE_ROOM}. */
        public Plan rooms(String... rooms) {
            request.with("rooms", String.join(",", rooms));
            return this;
        }

        /** The instance name; several consumers of a group in one process need different ones. */
        public Plan instance(String name) {
            request.with("instance", name);
            return this;
        }

        /** The listener waits for {@link PushConsumer#open} after it reported a message. */
        public Plan gated() {
            request.with("gate", 0);
            return this;
        }

        /** The listener refuses its first so many calls. */
        public Plan refuseFirst(int count) {
            request.with("refuseFirst", count);
            return this;
        }

        /** The listener answers each message, which must be a request, with {@code re:} and its body. */
        public Plan replying() {
            request.with("replying", true);
            return this;
        }

        public Plan threads(int count) {
            request.with("threads", count);
            return this;
        }

        /** Messages that may wait in the client per queue before it stops pulling. */
        public Plan queueThreshold(int count) {
            request.with("queueThreshold", count);
            return this;
        }

        public Plan pullBatch(int count) {
            request.with("pullBatch", count);
            return this;
        }

        public Plan consumeBatch(int count) {
            request.with("consumeBatch", count);
            return this;
        }

        public Plan persistMillis(int millis) {
            request.with("persistMillis", millis);
            return this;
        }

        public Plan pollNameServerMillis(int millis) {
            request.with("pollNameServerMillis", millis);
            return this;
        }

        public Plan heartbeatMillis(int millis) {
            request.with("heartbeatMillis", millis);
            return this;
        }

        public PushConsumer start() {
            return process.start("push", request, PushConsumer::new);
        }
    }
}
