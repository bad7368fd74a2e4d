// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.TopicSpec;
import io.agenamq.admin.cli.CliFailure;
import jakarta.jms.ConnectionFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The order story, act by act. Each act either ends with every order having arrived exactly once, or throws the one line that says what
 * went wrong. The server is a child process throughout, so that the last act can kill it.
 *
 * <pre>
 * act 1   JMS      ──▶ queue orders     ──▶ two JMS consumers
 * act 2   RocketMQ ──▶ topic shop       ──▶ push consumer of all tags, push consumer of two of them
 * act 3   RocketMQ ──▶ queue shipments  ──▶ JMS          JMS ──▶ queue invoices ──▶ RocketMQ
 * act 4   JMS      ──▶ queue refunds    ──▶ half of it, SIGKILL, restart on the same store, the other half
 * </pre>
 */
final class Story {
    static final int ACTS = 4;

    /** An act fails when nothing has arrived for this long; a whole act takes a few seconds on an idle machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int QUEUES_OF_A_TOPIC = 4;

    private final Path launcher;
    private final Path data;
    private final int orders;
    private final Function<String, ConnectionFactory> factories;
    private final Progress progress;
    private final List<Figure> figures = new ArrayList<>();

    /**
     * @param launcher the {@code agena} script
     * @param data the server's data directory
     * @param orders how many orders each act sends; the third sends a tenth each way
     * @param factories connection factories for a name server's {@code host:port}
     */
    Story(Path launcher, Path data, int orders, Function<String, ConnectionFactory> factories, Progress progress) {
        this.launcher = launcher;
        this.data = data;
        this.orders = orders;
        this.factories = factories;
        this.progress = progress;
    }

    /**
     * What the story measured.
     *
     * @param serverBytes the memory of the server when it had seen all acts, if that is known
     */
    record Outcome(List<Figure> figures, OptionalLong serverBytes) {
        Outcome {
            figures = List.copyOf(figures);
        }
    }

    /** Plays all acts. @throws CliFailure with what went wrong */
    Outcome play() {
        BitSet consumed = new BitSet();
        String broker;
        int nameServerPort;
        OptionalLong serverBytes;
        try (ServerProcess server = ServerProcess.start(launcher, data, "127.0.0.1:0", 0)) {
            broker = server.broker();
            nameServerPort = server.nameServerPort();
            createDestinations(server);
            ordersOverJms(server);
            ordersOverRocketMq(server);
            ordersAcross(server);
            serverBytes = refundsUntilTheServerIsKilled(server, consumed);
        }
        try (ServerProcess server = ServerProcess.start(launcher, data, broker, nameServerPort)) {
            theRestOfTheRefunds(server, consumed);
        }
        return new Outcome(figures, serverBytes);
    }

    private void createDestinations(ServerProcess server) {
        try (AdminClient admin = AdminClient.of(server.nameServer())) {
            for (String queue : List.of("orders", "shipments", "invoices", "refunds")) {
                admin.createTopic(TopicSpec.queue(queue));
            }
            admin.createTopic(TopicSpec.nativeTopic("shop", QUEUES_OF_A_TOPIC));
        }
    }

    private void ordersOverJms(ServerProcess server) {
        progress.begin("JMS: %,d persistent orders to a queue, two consumers".formatted(orders));
        Ledger ledger = Ledger.ofFirst(orders);
        Stopwatch sends = new Stopwatch();
        Stopwatch receipts = new Stopwatch();
        try (JmsClient jms = jmsClient(server)) {
            jms.listen("orders", 2, into(ledger, receipts));
            jms.send("orders", orders, sends);
            await(ledger, server);
            jms.expectEmpty("orders");
        }
        figures.add(sends.figure("JMS send, 8 sessions", Figure.FORCED));
        figures.add(receipts.figure("JMS send to receipt, 2 consumers", Figure.FORCED));
        progress.end("%,d received, each once".formatted(ledger.count()));
    }

    private void ordersOverRocketMq(ServerProcess server) {
        progress.begin("RocketMQ client: %,d orders to a topic, two groups by tag".formatted(orders));
        Ledger everything = Ledger.ofFirst(orders);
        Ledger paidOrCancelled = new Ledger(ordersThatAre(Order.Status.PAID, Order.Status.CANCELLED));
        Stopwatch sends = new Stopwatch();
        Stopwatch receipts = new Stopwatch();
        try (RocketMqClient rocketMq = new RocketMqClient(server.nameServer())) {
            rocketMq.listen("shop", "audit", "*", into(everything, receipts));
            rocketMq.listen("shop", "billing", "paid || cancelled", into(paidOrCancelled, new Stopwatch()));
            rocketMq.send("shop", orders, sends);
            await(everything, server);
            await(paidOrCancelled, server);
        }
        figures.add(sends.figure("RocketMQ send, 8 threads", Figure.WRITTEN));
        figures.add(receipts.figure("RocketMQ send to receipt, push consumer", Figure.WRITTEN));
        progress.end("%,d and %,d received, each once".formatted(everything.count(), paidOrCancelled.count()));
    }

    private void ordersAcross(ServerProcess server) {
        int count = orders / 10;
        progress.begin("Across: %,d from RocketMQ to JMS, %,d from JMS to RocketMQ".formatted(count, count));
        Ledger toJms = Ledger.ofFirst(count);
        Ledger toRocketMq = Ledger.ofFirst(count);
        Stopwatch jmsReceipts = new Stopwatch();
        Stopwatch rocketMqReceipts = new Stopwatch();
        try (JmsClient jms = jmsClient(server);
                RocketMqClient rocketMq = new RocketMqClient(server.nameServer())) {
            jms.listen("shipments", 1, into(toJms, jmsReceipts));
            rocketMq.listen("invoices", "ledger", "*", into(toRocketMq, rocketMqReceipts));
            jmsReceipts.start();
            rocketMq.send("shipments", count, new Stopwatch());
            await(toJms, server);
            rocketMqReceipts.start();
            jms.send("invoices", count, new Stopwatch());
            await(toRocketMq, server);
        }
        figures.add(jmsReceipts.figure("RocketMQ send to JMS receipt", Figure.WRITTEN));
        figures.add(rocketMqReceipts.figure("JMS send to RocketMQ receipt", Figure.FORCED));
        progress.end("%,d and %,d received, each once".formatted(toJms.count(), toRocketMq.count()));
    }

    /**
     * Sends all refunds and acknowledges half of them; the consumer is still connected, with messages in its hands, when the server dies.
     *
     * @param consumed the acknowledged orders are entered here
     * @return the memory of the server just before
     */
    private OptionalLong refundsUntilTheServerIsKilled(ServerProcess server, BitSet consumed) {
        int half = orders / 2;
        progress.begin("Kill: %,d refunds, SIGKILL when %,d are consumed, restart".formatted(orders, half));
        try (JmsClient jms = jmsClient(server)) {
            jms.send("refunds", orders, new Stopwatch());
            jms.consume(
                    "refunds",
                    half,
                    (body, sentNanos) -> consumed.set(Order.parse(body).number()));
            OptionalLong serverBytes = server.residentBytes();
            server.kill();
            progress.show("killed, restarting");
            return serverBytes;
        }
    }

    private void theRestOfTheRefunds(ServerProcess server, BitSet consumed) {
        BitSet left = new BitSet();
        left.set(0, orders);
        left.andNot(consumed);
        Ledger ledger = new Ledger(left);
        Stopwatch receipts = new Stopwatch();
        try (JmsClient jms = jmsClient(server)) {
            jms.listen("refunds", 2, (body, sentNanos) -> {
                ledger.arrive(Order.parse(body).number());
                receipts.stop(receipts.startNanos());
            });
            await(ledger, server);
            jms.expectEmpty("refunds");
        }
        figures.add(receipts.figure("JMS backlog after the restart, from connect", Figure.FORCED));
        progress.end("exactly the other %,d arrived".formatted(ledger.count()));
    }

    private JmsClient jmsClient(ServerProcess server) {
        return new JmsClient(factories.apply(server.nameServer()));
    }

    private static Arrivals into(Ledger ledger, Stopwatch receipts) {
        return (body, sentNanos) -> {
            receipts.stop(sentNanos);
            ledger.arrive(Order.parse(body).number());
        };
    }

    private BitSet ordersThatAre(Order.Status... statuses) {
        Set<Order.Status> wanted = Set.of(statuses);
        BitSet matching = new BitSet();
        IntStream.range(0, orders)
                .filter(number -> wanted.contains(new Order(number).status()))
                .forEach(matching::set);
        return matching;
    }

    private void await(Ledger ledger, ServerProcess server) {
        try {
            ledger.await(PATIENCE, count -> progress.show("%,d of %,d".formatted(count, ledger.expectedCount())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure("interrupted", e);
        }
        String complaint = ledger.complaint();
        if (complaint != null) {
            throw new CliFailure(server.isAlive() ? complaint : complaint + "; the server process has ended");
        }
    }
}
