// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.DestinationKind;
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
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.cursor.CursorHistory;
import io.agenamq.store.cursor.CursorName;
import io.agenamq.store.cursor.DurableSubscription;
import io.agenamq.store.hidden.HalfMessage;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Answers where a message is, in three parts: {@linkplain JmsCode#TRACE_FIND where it is stored}, {@linkplain JmsCode#TRACE_STATE how it is now}, and
 * {@linkplain JmsCode#TRACE_LOG what the log says} about it, a stretch at a time. Each part is short work on an owner thread, between the turns of destinations;
 * whoever asks puts the parts together.
 */
final class TraceHandler {

    /** Log that one request reads: some milliseconds, if it is in memory. */
    static final long STRETCH_BYTES = 8L * 1024 * 1024;

    /** Topics that are looked through before others get the thread. */
    private static final int TOPICS_AT_A_TIME = 64;

    /** Requests that are not answered yet. */
    private static final int WAITING_MAX = 32;

    private static final int FACTS_MAX = 1000;

    private final Store store;
    private final DestinationCatalog catalog;
    private final SubscriptionOpener opener;
    private final QueueTurns turns;
    private final MessageFinder messages;
    private final DeliveryMemory memory;
    private final CursorHistory history;
    private final InstantSource clock;
    private final Executor owners;
    private final AtomicInteger waiting = new AtomicInteger();

    TraceHandler(
            Store store,
            DestinationCatalog catalog,
            SubscriptionOpener opener,
            QueueTurns turns,
            MessageFinder messages,
            DeliveryMemory memory,
            InstantSource clock,
            Executor owners) {
        this.store = store;
        this.catalog = catalog;
        this.opener = opener;
        this.turns = turns;
        this.messages = messages;
        this.memory = memory;
        this.history = new CursorHistory(store.log(), store.cursors());
        this.clock = clock;
        this.owners = owners;
    }

    void register(HandlerTable table) {
        table.register(JmsCode.TRACE_FIND, this::find);
        table.register(JmsCode.TRACE_STATE, this::state);
        table.register(JmsCode.TRACE_LOG, this::log);
    }

    /** Does a part of a request's work on an owner thread. */
    private void slowly(Request request, Runnable work) {
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            request.refuse(ResponseCode.SYSTEM_BUSY, "too many traces at a time");
            return;
        }
        owners.execute(() -> {
            waiting.decrementAndGet();
            try {
                work.run();
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
            }
        });
    }

    private static void reply(Request request, Header header, List<JmsTraceFact> facts) {
        request.reply(header, new JmsTraceBody(facts.subList(0, Math.min(FACTS_MAX, facts.size()))).toBody());
    }

    // ---- where it is stored

    private void find(Request request) {
        JmsTraceFindRequest asked = JmsTraceFindRequest.readFrom(request.frame().fields());
        List<String> topics = new ArrayList<>();
        if (asked.topic() != null) {
            topics.add(asked.topic());
        } else {
            for (TopicConfig topic : store.topics().all()) {
                if (!topic.topicName().startsWith(ControlType.TOPIC_PREFIX)) {
                    topics.add(topic.topicName());
                }
            }
        }
        slowly(request, () -> find(request, asked, topics, 0, new ArrayList<>()));
    }

    private void find(
            Request request,
            JmsTraceFindRequest asked,
            List<String> topics,
            int from,
            List<MessageFinder.Found> found) {
        int to = Math.min(topics.size(), from + TOPICS_AT_A_TIME);
        found.addAll(messages.find(asked.message(), topics.subList(from, to)));
        if (to < topics.size()) {
            slowly(request, () -> find(request, asked, topics, to, found));
            return;
        }
        List<JmsTraceFact> facts = new ArrayList<>();
        found.stream().map(this::stored).forEach(facts::add);
        messages.undecided(asked.message(), asked.topic()).stream()
                .map(this::half)
                .forEach(facts::add);
        facts.sort((one, other) -> Long.compare(one.time(), other.time()));
        reply(request, Header.NONE, facts);
    }

    private JmsTraceFact stored(MessageFinder.Found found) {
        String detail = "";
        String by = null;
        boolean dead = false;
        try {
            RecordSlice slice = store.log().recordAt(found.position());
            if (slice != null) {
                try {
                    dead = isDeadLetter(slice.buffer());
                    detail = describe(slice, found.position());
                    by = sender(slice.buffer());
                } finally {
                    slice.release();
                }
            }
        } catch (CorruptRecordException damage) {
            detail = "damaged: " + damage.getMessage();
        }
        return new JmsTraceFact(
                dead ? Event.DEAD_LETTER : Event.STORED,
                Source.LOG,
                found.storeTime(),
                found.topic(),
                found.queueId(),
                found.offset(),
                historyFrom(found),
                0,
                null,
                by,
                0,
                detail);
    }

    private JmsTraceFact half(HalfMessage half) {
        String asked = half.checks() == 0
                ? "nobody was asked yet"
                : "asked " + half.checks() + " times, last at " + Instant.ofEpochMilli(half.checkedAt());
        return new JmsTraceFact(
                Event.HALF,
                Source.LOG,
                half.storeTime(),
                half.queue().topic(),
                half.queue().queueId(),
                half.id(),
                half.position(),
                0,
                null,
                "producer group " + half.producerGroup(),
                0,
                "undecided, and seen by nobody; " + asked);
    }

    private static boolean isDeadLetter(ByteBuffer record) {
        return MessageProperties.findInRecord(record, 0, JmsProperties.DEAD_REASON) != null;
    }

    private static String sender(ByteBuffer record) {
        String client = MessageProperties.findInRecord(record, 0, JmsProperties.CLIENT_ID);
        InetSocketAddress host = MessageRecord.bornHost(record, 0);
        return (client == null ? "" : "client '" + client + "' at ")
                + host.getAddress().getHostAddress() + ":" + host.getPort();
    }

    private String describe(RecordSlice slice, long position) {
        StringBuilder text = new StringBuilder();
        text.append(slice.size()).append(" bytes, ");
        text.append(position + slice.size() <= store.log().durablePosition() ? "on disk" : "not on disk yet");
        Map<String, String> properties = MessageProperties.toMap(
                slice.buffer(),
                MessageRecord.propertiesStart(slice.buffer(), 0),
                MessageRecord.propertiesLength(slice.buffer(), 0));
        if (properties.containsKey(JmsProperties.DEAD_REASON)) {
            text.append("; ").append(properties.get(JmsProperties.DEAD_REASON));
            append(text, " of ", properties.get(JmsProperties.DEAD_DESTINATION));
            append(text, ", subscription ", properties.get(JmsProperties.DEAD_SUBSCRIPTION));
            append(text, ", deliveries: ", properties.get(JmsProperties.DEAD_COUNT));
            append(text, ", ", properties.get(JmsProperties.DEAD_EXCEPTION));
            append(text, ": ", properties.get(JmsProperties.DEAD_EXCEPTION_MESSAGE));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String before, @Nullable String value) {
        if (value != null) {
            text.append(before).append(value);
        }
    }

    /** Where the log begins to speak of a message: where it was stored, even if it was moved from there. */
    private long historyFrom(MessageFinder.Found found) {
        long from = found.position();
        long last = 0;
        for (long start : store.log().segmentStarts()) {
            if (store.log().firstStoreTime(start) > found.storeTime()) {
                // It was stored before this segment began: in the last one, unless it stands there still.
                return found.position() >= start ? last : from;
            }
            last = start;
        }
        return from;
    }

    // ---- how it is now

    private void state(Request request) {
        JmsTraceStateRequest asked =
                JmsTraceStateRequest.readFrom(request.frame().fields());
        TopicConfig topic = catalog.find(asked.topic());
        if (topic == null) {
            throw Checks.noSuchDestination(asked.topic());
        }
        if (Checks.kindOf(topic) == DestinationKind.NATIVE) {
            slowly(request, () -> reply(request, Header.NONE, remembered(asked, groups(asked))));
            return;
        }
        turns.onOwner(request, topic, destination -> {
            List<JmsTraceFact> facts = new ArrayList<>();
            if (Checks.kindOf(topic) == DestinationKind.QUEUE) {
                var unused = opener.ofQueue(destination, topic);
            }
            for (Subscription each : destination.subscriptions()) {
                if (asked.queueId() >= 0 && asked.queueId() < each.windows().size()) {
                    facts.addAll(new MessageStates(each, asked.queueId(), asked.offset(), clock.millis()).facts());
                }
            }
            facts.addAll(withoutConsumers(asked, destination));
            facts.addAll(groups(asked));
            reply(request, Header.NONE, remembered(asked, facts));
        });
    }

    /** Durable subscriptions that nobody uses. */
    private List<JmsTraceFact> withoutConsumers(JmsTraceStateRequest asked, Destination destination) {
        List<JmsTraceFact> facts = new ArrayList<>();
        for (DurableSubscription each : store.subscriptions().all()) {
            if (each.topic().equals(asked.topic()) && destination.find(each.id()) == null) {
                CursorName cursor = each.cursor(asked.queueId());
                boolean open = store.cursors().unsettledBelow(cursor, asked.offset() + 1)
                        > store.cursors().unsettledBelow(cursor, asked.offset());
                facts.add(now(
                        asked,
                        open ? Event.WAITING : Event.IS_SETTLED,
                        each.key().toString(),
                        null,
                        open
                                ? "there is no consumer"
                                : "nobody gets it any more, or the subscription began behind it"));
            }
        }
        return facts;
    }

    /** Native consumer groups, which say how far they are and no more. */
    private List<JmsTraceFact> groups(JmsTraceStateRequest asked) {
        List<JmsTraceFact> facts = new ArrayList<>();
        for (String group : store.offsets().groupsOf(asked.topic())) {
            long committed = store.offsets().get(group, asked.topic(), asked.queueId());
            if (committed >= 0) {
                facts.add(now(
                        asked,
                        Event.GROUP,
                        null,
                        "consumer group " + group,
                        (committed > asked.offset() ? "has passed it" : "has not come to it")
                                + ": it goes on at offset " + committed));
            }
        }
        return facts;
    }

    private static JmsTraceFact now(
            JmsTraceStateRequest asked,
            Event event,
            @Nullable String subscription,
            @Nullable String who,
            String detail) {
        return new JmsTraceFact(
                event,
                Source.NOW,
                0,
                asked.topic(),
                asked.queueId(),
                asked.offset(),
                0,
                0,
                subscription,
                who,
                0,
                detail);
    }

    /** What the broker remembers, and then what is so now. */
    private List<JmsTraceFact> remembered(JmsTraceStateRequest asked, List<JmsTraceFact> now) {
        List<JmsTraceFact> facts = new ArrayList<>();
        memory.about(
                asked.topic(),
                asked.queueId(),
                asked.offset(),
                note -> facts.add(new JmsTraceFact(
                        note.event(),
                        Source.MEMORY,
                        note.time(),
                        asked.topic(),
                        asked.queueId(),
                        asked.offset(),
                        0,
                        0,
                        note.subscription(),
                        note.who(),
                        note.count(),
                        note.detail())));
        // The present is what must not be cut off.
        List<JmsTraceFact> latest =
                new ArrayList<>(facts.subList(Math.max(0, facts.size() - FACTS_MAX / 2), facts.size()));
        latest.addAll(now);
        return latest;
    }

    // ---- what the log says

    private void log(Request request) {
        JmsTraceLogRequest asked = JmsTraceLogRequest.readFrom(request.frame().fields());
        slowly(request, () -> {
            Map<String, String> names = new HashMap<>();
            for (DurableSubscription each : store.subscriptions().all()) {
                names.put(each.cursor(0).subscription(), each.key().toString());
            }
            LogFacts facts = new LogFacts(asked, names);
            long from = Math.max(asked.from(), store.log().segmentStarts()[0]);
            long next = history.read(asked.topic(), asked.queueId(), asked.offset(), from, STRETCH_BYTES, facts);
            reply(
                    request,
                    new JmsTraceLogResponse(
                            next == from ? asked.from() : next, store.log().writtenPosition()),
                    facts.facts);
        });
    }

    /** Makes facts of what a stretch of the log says. */
    private static final class LogFacts implements CursorHistory.Sink {

        final List<JmsTraceFact> facts = new ArrayList<>();
        private final JmsTraceLogRequest asked;
        private final Map<String, String> names;

        LogFacts(JmsTraceLogRequest asked, Map<String, String> names) {
            this.asked = asked;
            this.names = names;
        }

        @Override
        public void found(
                CursorHistory.Kind kind,
                long cursorId,
                @Nullable CursorName name,
                long time,
                @Nullable InetSocketAddress by,
                int count,
                boolean restated) {
            Event event =
                    switch (kind) {
                        case BEGUN -> Event.SUBSCRIBED;
                        case BEGUN_BEHIND -> Event.BEGAN_BEHIND;
                        case DELIVERED -> Event.DELIVERED;
                        case CAME_BACK -> Event.RELEASED;
                        case SETTLED -> Event.SETTLED;
                        case COMMITTED -> Event.COMMITTED;
                        case REMOVED -> Event.UNSUBSCRIBED;
                    };
            String subscription = name == null || name.subscription().equals(CursorName.QUEUE)
                    ? null
                    : names.getOrDefault(name.subscription(), name.subscription());
            add(
                    event,
                    time,
                    cursorId,
                    subscription,
                    by == null ? null : by.getAddress().getHostAddress() + ":" + by.getPort(),
                    count,
                    restated ? "or before: what the log said then is dropped" : null,
                    name != null);
        }

        @Override
        public void damaged(long position) {
            add(Event.UNREADABLE, 0, 0, null, null, 0, "the log cannot be read from position " + position, true);
        }

        private void add(
                Event event,
                long time,
                long cursor,
                @Nullable String subscription,
                @Nullable String who,
                int count,
                @Nullable String detail,
                boolean sure) {
            if (facts.size() < FACTS_MAX) {
                facts.add(new JmsTraceFact(
                        event,
                        Source.LOG,
                        time,
                        asked.topic(),
                        asked.queueId(),
                        asked.offset(),
                        0,
                        cursor,
                        subscription,
                        who,
                        count,
                        detail,
                        sure));
            }
        }
    }
}
