// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsTraceBody;
import io.agenamq.protocol.command.JmsTraceFact;
import io.agenamq.protocol.command.JmsTraceFact.Event;
import io.agenamq.protocol.command.JmsTraceFact.Source;
import io.agenamq.protocol.command.JmsTraceFindRequest;
import io.agenamq.protocol.command.JmsTraceLogRequest;
import io.agenamq.protocol.command.JmsTraceLogResponse;
import io.agenamq.protocol.command.JmsTraceStateRequest;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts together what brokers know of one message; they read their logs in stretches that hold nobody up, as often as they are asked. */
final class JmsTraces {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final ClusterCalls calls;
    private final InstantSource clock;

    JmsTraces(ClusterCalls calls, InstantSource clock) {
        this.calls = calls;
        this.clock = clock;
    }

    /**
     * All copies on these brokers, the oldest first.
     *
     * @param logTime how long logs are read at most
     */
    List<TracedMessage> trace(String id, @Nullable String topic, Duration logTime, List<BrokerData> brokers) {
        List<TracedMessage> copies = new ArrayList<>();
        long deadline = clock.millis() + logTime.toMillis();
        for (BrokerData broker : brokers) {
            String address = broker.primaryAddress();
            if (address != null) {
                Frame found = ClusterCalls.expectSuccess(
                        calls.askBroker(
                                address, JmsCode.TRACE_FIND, new JmsTraceFindRequest(id, topic), Body.EMPTY, TIMEOUT),
                        "asking " + broker.brokerName() + " for the message");
                for (JmsTraceFact stored : JmsTraceBody.parse(found.body()).facts()) {
                    copies.add(trace(broker.brokerName(), address, stored, deadline));
                }
            }
        }
        copies.sort(Comparator.comparingLong(copy -> copy.history().get(0).time()));
        return copies;
    }

    private TracedMessage trace(String broker, String address, JmsTraceFact stored, long deadline) {
        List<JmsTraceFact> log = new ArrayList<>();
        long from = stored.position();
        boolean more = true;
        while (more && clock.millis() < deadline) {
            Frame frame = ClusterCalls.expectSuccess(
                    calls.askBroker(
                            address,
                            JmsCode.TRACE_LOG,
                            new JmsTraceLogRequest(stored.topic(), stored.queueId(), stored.offset(), from),
                            Body.EMPTY,
                            TIMEOUT),
                    "asking " + broker + " for its log");
            JmsTraceLogResponse answer = JmsTraceLogResponse.readFrom(frame.fields());
            log.addAll(JmsTraceBody.parse(frame.body()).facts());
            more = answer.next() != from && answer.next() < answer.end();
            from = answer.next();
        }
        // Asked last, so that what it says of now is not older than what the log says.
        Frame state = calls.askBroker(
                address,
                JmsCode.TRACE_STATE,
                new JmsTraceStateRequest(stored.topic(), stored.queueId(), stored.offset()),
                Body.EMPTY,
                TIMEOUT);
        List<JmsTraceFact> known = state.code() == ResponseCode.SUCCESS
                ? JmsTraceBody.parse(state.body()).facts()
                : List.of();
        List<JmsTraceFact> history = new ArrayList<>(List.of(stored));
        history.addAll(withoutRepetitions(log));
        known.stream().filter(fact -> fact.source() == Source.MEMORY).forEach(history::add);
        history.sort(Comparator.comparingLong(JmsTraceFact::time));
        return new TracedMessage(
                broker,
                stored.topic(),
                stored.queueId(),
                stored.offset(),
                List.copyOf(history),
                known.stream().filter(fact -> fact.source() == Source.NOW).toList(),
                !more);
    }

    private record Said(long cursor, Event event, int count) {}

    /** What the log says for the first time, and surely of this message. */
    private static List<JmsTraceFact> withoutRepetitions(List<JmsTraceFact> log) {
        Map<Long, JmsTraceFact> sure = new HashMap<>();
        for (JmsTraceFact fact : log) {
            if (fact.sure()) {
                sure.putIfAbsent(fact.cursor(), fact);
            }
        }
        Set<Said> said = new HashSet<>();
        List<JmsTraceFact> once = new ArrayList<>();
        for (JmsTraceFact fact : log) {
            Event kind = fact.event() == Event.COMMITTED ? Event.SETTLED : fact.event();
            if (sure.containsKey(fact.cursor()) && said.add(new Said(fact.cursor(), kind, fact.count()))) {
                once.add(fact);
            }
        }
        return once;
    }
}
