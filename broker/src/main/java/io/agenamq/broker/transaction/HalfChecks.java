// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.transaction;

import io.agenamq.broker.directory.SystemTopics;
import io.agenamq.broker.group.Member;
import io.agenamq.broker.transaction.DecidedHalves.Fate;
import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.command.CheckTransactionRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.protocol.record.SysFlag;
import io.agenamq.remoting.Connection;
import io.agenamq.store.Store;
import io.agenamq.store.hidden.HalfMessage;
import io.agenamq.store.hidden.HalfTable;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.RecordSlice;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks producers what became of half messages that nobody has decided about (code 39), and gives those up that were asked about often enough.
 *
 * <pre>
 *   table, in the order of the log      agenda, by time         waiting, by group
 *   │ aged │ young … │                  ┌──────────┐ nobody there ┌─────────┐
 *      └──── first check due at ───────▶│ due next │ ───────────▶ │ nobody  │
 *                                       └──────────┘ ◀─────────── └─────────┘
 *                                         │    ▲      a producer of the group is there
 *                                         ▼    └──── next check
 *                                       asked, or given up
 * </pre>
 *
 * <p>Nearly all half messages are decided before they are aged, and cost nothing here. A step looks at those that have become aged since the last one, at
 * those that are due, and at the groups that nobody is there of: never at all. Between two things that are due it does not run.
 *
 * <p>A question is recorded before it is put, so that the count survives whatever happens next. Questions that could not be put since nobody of the group
 * was there are not counted; a half message that has waited for longer than {@link HalfConfig#keptFor} is given up all the same. Different members are
 * asked one after the other.
 *
 * <p>{@link #wake} by the broker's timer; {@link #step} on one thread at a time, which may read the disk.
 */
public final class HalfChecks {

    /** Where those go that nobody decided about: RocketMQ's name. */
    static final String GIVEN_UP_TOPIC = SystemTopics.GIVEN_UP_HALVES;

    /** What clients are told as the topic, as RocketMQ does. */
    private static final String HALF_TOPIC = "RMQ_SYS_TRANS_HALF_TOPIC";

    /** Questions in one step, and their bytes: what is more is for the next step. */
    private static final int ASKED_MAX = 1000;

    private static final long ASKED_BYTES_MAX = 8 * 1024 * 1024;
    private static final int GIVEN_UP_MAX = 100;

    /** Questions that one connection gets in one step: a client works on them one after the other. */
    private static final int ASKED_PER_CONNECTION_MAX = 100;

    /** Between steps when there was more to do than one allows, or somebody is waited for. */
    private static final long PAUSE_MILLIS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(HalfChecks.class);

    private final HalfConfig config;
    private final HalfTable table;
    private final CommitLog log;
    private final DecidedHalves decided;
    private final Function<String, Collection<Member>> members;
    private final Runnable ensureGivenUpTopic;
    private final InstantSource clock;
    private final Executor thread;
    private final FaultHandler faults;

    private final AtomicBoolean running = new AtomicBoolean();
    private volatile long nextStepAt;

    // Of the thread that steps.
    private final MessageBatch batch;
    private final PriorityQueue<Due> agenda = new PriorityQueue<>(Comparator.comparingLong(Due::at));
    private final Map<String, Deque<HalfMessage>> waiting = new HashMap<>();
    /** Identities of those in the agenda, or waiting. */
    private final Set<Long> known = new HashSet<>();
    /** Below this position, all are known. */
    private long agedTo;

    private record Due(long at, HalfMessage half) {}

    private record Question(HalfMessage half, Connection to) {}

    /**
     * Asks nobody before {@link #wake}.
     *
     * @param members the producers of a group that are there
     * @param ensureGivenUpTopic creates the topic for those that are given up
     * @param thread runs steps, which may take their time
     */
    public HalfChecks(
            HalfConfig config,
            Store store,
            HalfMessages halves,
            Function<String, Collection<Member>> members,
            Runnable ensureGivenUpTopic,
            InstantSource clock,
            Executor thread,
            FaultHandler faults) {
        this.config = config;
        this.table = store.halves();
        this.log = store.log();
        this.decided = halves.decided();
        this.members = members;
        this.ensureGivenUpTopic = ensureGivenUpTopic;
        this.clock = clock;
        this.thread = thread;
        this.faults = faults;
        this.batch = log.newBatch();
    }

    /** Starts a step if something may be due. Short; several times a second. */
    public void wake() {
        if (clock.millis() < nextStepAt || table.count() == 0 || !running.compareAndSet(false, true)) {
            return;
        }
        try {
            thread.execute(() -> {
                try {
                    step();
                } catch (RuntimeException bug) {
                    // The top of the thread's work.
                    faults.fault("asking for the fate of half messages failed", bug);
                } finally {
                    running.set(false);
                }
            });
        } catch (RejectedExecutionException stopping) {
            running.set(false);
        }
    }

    /** Does what is due now. */
    void step() {
        long now = clock.millis();
        long youngestDue = age(now);
        recall(now);
        List<Question> questions = new ArrayList<>();
        List<HalfMessage> hopeless = new ArrayList<>();
        boolean more = !collect(now, questions, hopeless);
        ask(questions, now);
        giveUp(hopeless, now);
        long next = youngestDue;
        if (more || !waiting.isEmpty()) {
            next = Math.min(next, now + PAUSE_MILLIS);
        }
        Due first = agenda.peek();
        nextStepAt = first == null ? next : Math.min(next, first.at());
    }

    /** Puts those into the agenda that are old enough to be asked about; answers when the next one will be, or may be. */
    private long age(long now) {
        for (Map.Entry<Long, HalfMessage> each :
                table.all().tailMap(agedTo, false).entrySet()) {
            HalfMessage half = each.getValue();
            long agedAt = half.storeTime() + config.firstCheckAfter().toMillis();
            if (agedAt > now) {
                return agedAt;
            }
            agedTo = each.getKey();
            if (known.add(half.id())) {
                agenda.add(new Due(firstCheckAt(half), half));
            }
        }
        // What is stored from now on.
        return now + config.firstCheckAfter().toMillis();
    }

    private long firstCheckAt(HalfMessage half) {
        if (half.checks() > 0) {
            return half.checkedAt() + config.checkInterval().toMillis();
        }
        long immune = half.immunitySeconds() * 1000L;
        return half.storeTime() + Math.max(immune, config.firstCheckAfter().toMillis());
    }

    /** Those of groups of which somebody is there again are due at once, and those that have waited too long. */
    private void recall(long now) {
        Iterator<Map.Entry<String, Deque<HalfMessage>>> groups =
                waiting.entrySet().iterator();
        while (groups.hasNext()) {
            Map.Entry<String, Deque<HalfMessage>> group = groups.next();
            Deque<HalfMessage> halves = group.getValue();
            boolean somebody = members.apply(group.getKey()).stream()
                    .anyMatch(member -> member.connection().isOpen());
            while (!halves.isEmpty() && (somebody || isTooOld(halves.peek(), now))) {
                agenda.add(new Due(now, halves.remove()));
            }
            if (halves.isEmpty()) {
                groups.remove();
            }
        }
    }

    private boolean isTooOld(HalfMessage half, long now) {
        return half.storeTime() + config.keptFor().toMillis() <= now;
    }

    /** Takes what is due out of the agenda, as far as a step goes; false if there is more. */
    private boolean collect(long now, List<Question> questions, List<HalfMessage> hopeless) {
        Map<Long, Integer> perConnection = new HashMap<>();
        List<Due> later = new ArrayList<>();
        long bytes = 0;
        boolean all = true;
        while (!agenda.isEmpty() && agenda.peek().at() <= now) {
            if (questions.size() >= ASKED_MAX || hopeless.size() >= GIVEN_UP_MAX || bytes >= ASKED_BYTES_MAX) {
                all = false;
                break;
            }
            HalfMessage half = agenda.remove().half();
            if (table.find(half.id()) != half) {
                known.remove(half.id());
            } else if (half.checks() >= config.checksMax() || isTooOld(half, now)) {
                hopeless.add(half);
            } else {
                Collection<Member> group = members.apply(half.producerGroup());
                Connection to = chosen(group, half, perConnection);
                if (to != null) {
                    questions.add(new Question(half, to));
                    bytes += half.size();
                } else if (group.stream().anyMatch(member -> member.connection().isOpen())) {
                    // They have more to do than they can.
                    later.add(new Due(now + PAUSE_MILLIS, half));
                } else {
                    waiting.computeIfAbsent(half.producerGroup(), name -> new ArrayDeque<>())
                            .add(half);
                }
            }
        }
        agenda.addAll(later);
        return all;
    }

    /** Another one for each question about the same message, as far as they are there and keep up; null if none does. */
    private static @Nullable Connection chosen(
            Collection<Member> group, HalfMessage half, Map<Long, Integer> perConnection) {
        List<Member> inOrder = new ArrayList<>(group);
        inOrder.sort(Comparator.comparingLong(member -> member.connection().id()));
        for (int i = 0; i < inOrder.size(); i++) {
            Connection each = inOrder.get((half.checks() + (int) (half.id() >>> 8 & 0xFFFF) + i) % inOrder.size())
                    .connection();
            if (each.isOpen()
                    && each.isWritable()
                    && perConnection.getOrDefault(each.id(), 0) < ASKED_PER_CONNECTION_MAX) {
                perConnection.merge(each.id(), 1, Integer::sum);
                return each;
            }
        }
        return null;
    }

    private void ask(List<Question> questions, long now) {
        if (questions.isEmpty()) {
            return;
        }
        boolean recorded = false;
        try {
            batch.clear();
            batch.addControl(
                    ControlType.HALVES_CHECKED,
                    HalfTable.checkedOnceMore(
                            questions.stream().map(Question::half).toList(), now));
            log.append(batch);
            recorded = true;
        } catch (AppendRefusedException refused) {
            LOG.debug("producers are not asked about half messages: {}", refused.getMessage());
        }
        for (Question each : questions) {
            if (recorded) {
                ask(each);
            }
            agenda.add(new Due(now + config.checkInterval().toMillis(), each.half()));
        }
    }

    private void ask(Question question) {
        HalfMessage half = question.half();
        ByteBuffer record = copyOf(half);
        if (record == null) {
            return;
        }
        String uniqueKey = MessageProperties.findInRecord(record, 0, PropertyNames.UNIQUE_KEY);
        question.to()
                .push(
                        RequestCode.CHECK_TRANSACTION_STATE,
                        new CheckTransactionRequest(
                                HALF_TOPIC,
                                half.id(),
                                half.id(),
                                uniqueKey,
                                uniqueKey,
                                MessageId.encode(log.storeHost(), half.position()),
                                config.brokerName()),
                        Body.of(record));
    }

    /** The message as RocketMQ shows it: no half message any more, and with the number of questions. Null if it cannot be read. */
    private @Nullable ByteBuffer copyOf(HalfMessage half) {
        try {
            RecordSlice slice = log.read(half.position(), half.size());
            if (slice == null) {
                // Decided, and dropped, meanwhile.
                return null;
            }
            try {
                return MessageRecord.copyWith(
                        slice.buffer(),
                        0,
                        SysFlag.TRANSACTION_NONE,
                        PropertyNames.TRANSACTION_CHECK_TIMES,
                        Integer.toString(half.checks()));
            } finally {
                slice.release();
            }
        } catch (CorruptRecordException damaged) {
            LOG.error("{} is damaged: {}", half, damaged.getMessage());
            return null;
        }
    }

    private void giveUp(List<HalfMessage> hopeless, long now) {
        int count = 0;
        for (HalfMessage half : hopeless) {
            boolean over = half.claim() && givenUp(half);
            if (over) {
                count++;
                known.remove(half.id());
            } else {
                agenda.add(new Due(now + config.checkInterval().toMillis(), half));
            }
        }
        if (count > 0) {
            LOG.warn(
                    "{} half messages are given up, and copied to {}, since nobody has decided about them: {}{}",
                    count,
                    GIVEN_UP_TOPIC,
                    hopeless.get(0),
                    count > 1 ? " and others" : "");
        }
    }

    /** One batch has the copy and says that the message is discarded. */
    private boolean givenUp(HalfMessage half) {
        boolean done = false;
        try {
            batch.clear();
            ByteBuffer record = copyOf(half);
            if (record != null) {
                ensureGivenUpTopic.run();
                batch.add(givenUpCopy(record));
            }
            batch.addControl(ControlType.HIDDEN_DISCARDED, HalfTable.discarded(List.of(half)));
            log.append(batch);
            decided.put(half.id(), Fate.GIVEN_UP);
            done = true;
        } catch (AppendRefusedException | ProtocolException refused) {
            LOG.debug("{} cannot be given up yet: {}", half, refused.getMessage());
        } finally {
            if (!done) {
                half.release();
            }
        }
        return done;
    }

    private static MessageDraft givenUpCopy(ByteBuffer record) {
        return new MessageDraft(
                GIVEN_UP_TOPIC,
                0,
                MessageRecord.flag(record, 0),
                MessageRecord.sysFlag(record, 0),
                MessageRecord.bornTimestamp(record, 0),
                MessageRecord.bornHost(record, 0),
                MessageRecord.reconsumeTimes(record, 0),
                0,
                record.slice(MessageRecord.propertiesStart(record, 0), MessageRecord.propertiesLength(record, 0)),
                record.slice(MessageRecord.bodyStart(record, 0), MessageRecord.bodyLength(record, 0)));
    }
}
