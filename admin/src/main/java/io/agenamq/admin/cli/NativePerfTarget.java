// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.AdminClient.Pulled;
import io.agenamq.admin.AdminException;
import io.agenamq.admin.QueueAddress;
import io.agenamq.admin.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * A native topic, loaded over RocketMQ's own commands: every producer sends to the queues in turn, and every consumer follows the ends of its
 * share of the queues with long polls, without a group.
 */
final class NativePerfTarget implements PerfTarget {
    private static final String INTENDED_NANOS = "perfNanos";
    private static final int PULL_MAX = 32;
    private static final Duration POLL = Duration.ofMillis(500);

    private final AdminClient admin;
    private final List<QueueAddress> queues;
    private final byte[] body;
    private final boolean durable;
    private final String flushDiskType;
    private final AtomicInteger senders = new AtomicInteger();
    private final List<Thread> followers = new ArrayList<>();
    private final Silence silence = new Silence();
    private volatile boolean closed;

    NativePerfTarget(AdminClient admin, String topic, byte[] body, boolean durable) {
        this.admin = admin;
        this.queues = admin.queueAddresses(topic);
        this.body = body;
        this.durable = durable;
        this.flushDiskType = admin.brokerOption(queues.get(0).address(), "flushDiskType");
    }

    @Override
    public LoadRun.Sender sender() {
        int first = senders.getAndIncrement();
        return new LoadRun.Sender() {
            private int next = first;

            @Override
            public void send(long intendedNanos) {
                QueueAddress to = queues.get(Math.floorMod(next++, queues.size()));
                admin.send(to, Map.of(INTENDED_NANOS, Long.toString(intendedNanos)), body, durable);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void listen(int count, LongConsumer receipts) {
        // A long poll occupies its thread, so each queue has one, however many consumers were asked for.
        for (QueueAddress queue : count == 0 ? List.<QueueAddress>of() : queues) {
            long start = admin.maxOffset(queue);
            Thread follower =
                    new Thread(() -> follow(queue, start, receipts), "agena-perf-consumer-" + followers.size());
            follower.setDaemon(true);
            followers.add(follower);
            follower.start();
        }
    }

    private void follow(QueueAddress queue, long start, LongConsumer receipts) {
        long offset = start;
        while (!closed) {
            try {
                Pulled pulled = admin.pull(queue, offset, PULL_MAX, POLL);
                for (StoredMessage message : pulled.messages()) {
                    String intended = message.properties().get(INTENDED_NANOS);
                    if (intended != null) {
                        receipts.accept(Long.parseLong(intended));
                        silence.disturb();
                    }
                }
                offset = pulled.next();
            } catch (AdminException e) {
                // The producers meet the same failure and report it; a consumer that is being closed meets this one.
                return;
            }
        }
    }

    @Override
    public void awaitSilence() {
        if (!followers.isEmpty()) {
            silence.await();
        }
    }

    @Override
    public String durability() {
        if (durable || flushDiskType.equals("SYNC_FLUSH")) {
            return "forced to the disk before the answer: survives a loss of power";
        }
        return flushDiskType.equals("ASYNC_FLUSH")
                ? "written before the answer (flushDiskType=ASYNC_FLUSH): survives the end of the server process"
                : "unknown: the broker does not say what its flushDiskType is";
    }

    @Override
    public void close() {
        closed = true;
    }
}
