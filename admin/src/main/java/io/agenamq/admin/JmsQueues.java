// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsConfigureRequest;
import io.agenamq.protocol.command.JmsQueueSeekRequest;
import io.agenamq.protocol.command.JmsQueueSeekResponse;
import io.agenamq.protocol.command.JmsQueueStatusRequest;
import io.agenamq.protocol.command.JmsQueueStatusResponse;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsSweepRequest;
import io.agenamq.protocol.command.JmsSweepResponse;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operator asks of JMS queues, as calls to the brokers that have them. */
final class JmsQueues {

    /** A part of a sweep reads at most some megabytes, from the disk perhaps. */
    private static final Duration SWEEP_TIMEOUT = Duration.ofSeconds(60);

    private final ClusterCalls calls;
    private final InstantSource clock;

    JmsQueues(ClusterCalls calls, InstantSource clock) {
        this.calls = calls;
        this.clock = clock;
    }

    /** The queue on each of these brokers. */
    List<JmsQueueStatus> status(String queue, List<BrokerData> brokers) {
        List<JmsQueueStatus> all = new ArrayList<>();
        for (BrokerData broker : brokers) {
            String address = broker.primaryAddress();
            if (address != null) {
                all.add(status(queue, broker.brokerName(), address));
            }
        }
        return all;
    }

    JmsQueueStatus status(String queue, String broker, String address) {
        Frame frame = ClusterCalls.expectSuccess(
                calls.askBroker(address, JmsCode.QUEUE_STATUS, new JmsQueueStatusRequest(queue), Body.EMPTY),
                "asking " + broker + " for queue '" + queue + "'");
        JmsQueueStatusResponse answer = JmsQueueStatusResponse.readFrom(frame.fields());
        return JmsQueueStatus.of(queue, broker, answer, clock.instant(), deadLetters(queue, answer, address));
    }

    private @Nullable Long deadLetters(String queue, JmsQueueStatusResponse answer, String address) {
        if (queue.startsWith("%DLQ%")) {
            return null;
        }
        Frame frame = calls.askBroker(
                address, JmsCode.QUEUE_STATUS, new JmsQueueStatusRequest(answer.deadLetterQueue()), Body.EMPTY);
        if (frame.code() == JmsRefusal.NO_SUCH_DESTINATION.code()) {
            return 0L;
        }
        if (frame.code() != ResponseCode.SUCCESS) {
            return null;
        }
        JmsQueueStatusResponse letters = JmsQueueStatusResponse.readFrom(frame.fields());
        return letters.ready() + letters.inFlight() + letters.parked();
    }

    void configure(String queue, String attribute, @Nullable String value, List<BrokerData> brokers) {
        for (BrokerData broker : brokers) {
            String address = broker.primaryAddress();
            if (address != null) {
                ClusterCalls.expectSuccess(
                        calls.askBroker(
                                address,
                                JmsCode.CONFIGURE,
                                new JmsConfigureRequest(queue, attribute, value),
                                Body.EMPTY),
                        "changing '" + queue + "' on " + broker.brokerName());
            }
        }
    }

    /** Lets the queue go on from elsewhere on each of these brokers; from a message on those that have it. */
    List<QueueSought> seek(JmsQueueSeekRequest seek, List<BrokerData> brokers) {
        List<QueueSought> all = new ArrayList<>();
        for (BrokerData broker : brokers) {
            String address = broker.primaryAddress();
            if (address == null) {
                continue;
            }
            Frame frame = calls.askBroker(address, JmsCode.QUEUE_SEEK, seek, Body.EMPTY, SWEEP_TIMEOUT);
            if (frame.code() != ResponseCode.QUERY_NOT_FOUND) {
                JmsQueueSeekResponse done = JmsQueueSeekResponse.readFrom(ClusterCalls.expectSuccess(
                                frame, "moving queue '" + seek.topic() + "' on " + broker.brokerName())
                        .fields());
                all.add(new QueueSought(
                        broker.brokerName(),
                        done.before(),
                        done.after(),
                        done.again(),
                        done.skipped(),
                        done.inFlight(),
                        done.knownSince() == 0 ? null : Instant.ofEpochMilli(done.knownSince())));
            }
        }
        if (all.isEmpty()) {
            throw new AdminException(
                    "there is no message '" + seek.message() + "' in queue '" + seek.topic() + "', or not any more");
        }
        return all;
    }

    /** Sweeps the queue on each of these brokers, part by part, until {@code countMax} messages are out or all was looked at. */
    Swept sweep(
            String queue, @Nullable String selector, @Nullable String target, long countMax, List<BrokerData> brokers) {
        String doing = (target == null ? "purging '" : "moving messages of '") + queue + "' on ";
        Swept total = new Swept(0, 0);
        for (BrokerData broker : brokers) {
            String address = broker.primaryAddress();
            int queueCount = 1;
            for (int queueId = 0; address != null && queueId < queueCount; queueId++) {
                long offset = 0;
                long until = 0;
                boolean more = total.count() < countMax;
                while (more) {
                    Frame frame = ClusterCalls.expectSuccess(
                            calls.askBroker(
                                    address,
                                    JmsCode.SWEEP,
                                    new JmsSweepRequest(
                                            queue, queueId, selector, target, offset, until, countMax - total.count()),
                                    Body.EMPTY,
                                    SWEEP_TIMEOUT),
                            doing + broker.brokerName());
                    JmsSweepResponse part = JmsSweepResponse.readFrom(frame.fields());
                    total = new Swept(total.count() + part.count(), total.kept() + part.kept());
                    offset = part.offset();
                    until = part.until();
                    queueCount = part.queueCount();
                    // An empty queue ends at 0, which as a bound would mean none.
                    more = offset < until && total.count() < countMax;
                }
            }
        }
        return total;
    }
}
