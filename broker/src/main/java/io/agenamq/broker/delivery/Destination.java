// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.broker.delivery.DeadLetters.Graveyard;
import io.agenamq.protocol.FaultHandler;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.Request;
import io.agenamq.store.cursor.CursorProgress;
import io.agenamq.store.cursor.ProgressPayloads;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.ControlType;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.PositionWaiter;
import io.agenamq.store.log.RecordSlice;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owner of everything volatile about one topic's delivery, touched by one thread at a time.
 *
 * <p>Whoever has something for it posts a task and, if nobody is at work here, works itself: there is no hand-off to a thread that would have
 * to wake up. Somebody who finds the destination at work leaves the task to that thread. A turn is:
 *
 * <pre>
 *   tasks (acknowledge, credit, attach …)  ──▶  hand out messages  ──▶  append one record of progress  ──▶  frames, then answers
 *            change volatile state                take, in flight         the log applies it to the cursors
 * </pre>
 *
 * <p>The record goes before the frames, so that a message in front of an application is below the delivered mark in the log. Event loops do
 * one bounded turn; what is left, and records that may have to come from the disk, are for an {@code agena-queue-n} thread.
 *
 * <p>Where each message goes to many consumers, an {@code agena-queue-n} thread hands out in {@link Rounds}; turns between two of them do everything else.
 *
 * <p>If the log refuses the record (disk full), acknowledgements are refused with the reason, deliveries go on, and the progress is kept and
 * appended with that of a later turn, which comes by itself: until then those messages are in flight with nobody.
 */
final class Destination {

    private static final Logger LOG = LoggerFactory.getLogger(Destination.class);

    /** Tasks that may wait; more means that clients ask faster than this broker works, and they are told. */
    private static final int TASKS_MAX = 100_000;

    /** Records younger than this many bytes of log are in the page cache; older ones are read off the event loops. */
    private static final long HOT_BYTES = 64L * 1024 * 1024;

    /** Dead letters that one turn makes. */
    private static final int TURN_LETTERS_MAX = 256;

    /** After this time it is tried again what the store has refused, if nobody has come before. */
    private static final int RETRY_MILLIS = 5_000;

    private final String topic;
    private final CommitLog log;
    private final BatchPool batches;
    private final Executor owners;
    private final InstantSource clock;
    private final FaultHandler faults;
    private final Alarm alarm;
    private final Graveyard graveyard;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger taskCount = new AtomicInteger();

    private final AtomicBoolean arrivalPosted = new AtomicBoolean();

    /** How often somebody came since the destination was last idle; whoever raises it from 0 works. */
    private final AtomicInteger calls = new AtomicInteger();

    // Owned by the thread at work.
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final List<Subscription> stirred = new ArrayList<>();
    private final ProgressPayloads payloads = new ProgressPayloads();
    private final List<Answer> answers = new ArrayList<>();
    private final List<Runnable> afterTurn = new ArrayList<>();
    private @Nullable Runnable arrivalLook; // at what has arrived
    private @Nullable Connection actor; // of this turn, if it is only one
    private boolean severalActors;
    private final Rounds rounds = new Rounds(this::workElsewhere);
    private boolean pauseAwaited;

    /** Whether each message goes to so many that somebody else had better do it than the event loop that got it. Written by the thread at work. */
    private volatile boolean wide;

    /** Whether the next round waits for its time, and will begin by itself. Written by the thread at work. */
    private volatile boolean betweenRounds;

    /** When the alarms are due that are set, the earliest first: one is set only if it is due before all others. */
    private final Deque<Long> alarms = new ArrayDeque<>();

    private record Answer(Request request, Header header, boolean durable) {}

    Destination(
            String topic,
            CommitLog log,
            BatchPool batches,
            Executor owners,
            InstantSource clock,
            FaultHandler faults,
            Alarm alarm,
            Graveyard graveyard) {
        this.topic = topic;
        this.log = log;
        this.batches = batches;
        this.owners = owners;
        this.clock = clock;
        this.faults = faults;
        this.alarm = alarm;
        this.graveyard = graveyard;
    }

    String topic() {
        return topic;
    }

    // ---- for any thread

    /** Leaves a task without working; {@link #work} has to follow. False if there are too many. */
    boolean post(Runnable task) {
        if (taskCount.incrementAndGet() > TASKS_MAX) {
            taskCount.decrementAndGet();
            return false;
        }
        tasks.add(task);
        return true;
    }

    /** {@link #post} for what gives back: it is bounded by what was handed out, and refusing it would lose it. */
    void postAlways(Runnable task) {
        taskCount.incrementAndGet();
        tasks.add(task);
    }

    /** Works, unless somebody does already: then that thread sees what was posted. */
    void work() {
        if (calls.getAndIncrement() == 0) {
            turns(true);
        }
    }

    /** Lets an owner thread work. */
    void workElsewhere() {
        if (calls.getAndIncrement() == 0) {
            owners.execute(() -> turns(false));
        }
    }

    /** Messages have arrived: {@code look} is done by the next turn that hands out, once for all that arrive before it. */
    void arrived(Runnable look) {
        if (!arrivalPosted.get() && arrivalPosted.compareAndSet(false, true)) {
            postAlways(() -> arrivalLook = look);
        } else if (betweenRounds) {
            // The next round will look, and is sure to come.
            return;
        }
        if (wide) {
            // The publisher gets his answer first, and what he sends next goes with the same round.
            workElsewhere();
        } else {
            work();
        }
    }

    /** {@link #post} and {@link #work}. */
    boolean submit(Runnable task) {
        boolean posted = post(task);
        work();
        return posted;
    }

    private void turns(boolean onEventLoop) {
        while (true) {
            int seen = calls.get();
            boolean more;
            try {
                more = turn(onEventLoop ? log.writtenPosition() - HOT_BYTES : 0);
            } catch (RuntimeException | VirtualMachineError bug) {
                // Also if there was no memory: whoever is not told that this thread has ended here would wait for it
                // for ever.
                faults.fault("delivery of topic '" + topic + "' failed", bug);
                more = false;
            }
            // With more to do the place at work is kept: calls stays above 0.
            if (!more && calls.addAndGet(-seen) == 0) {
                return;
            }
            if (onEventLoop || more) {
                owners.execute(() -> turns(false));
                return;
            }
        }
    }

    // ---- for the thread at work

    /** All subscriptions; live. */
    List<Subscription> subscriptions() {
        return subscriptions;
    }

    /** The subscription of this identity, null if there is none here. */
    @Nullable
    Subscription find(Object identity) {
        for (Subscription subscription : subscriptions) {
            if (subscription.identity().equals(identity)) {
                return subscription;
            }
        }
        return null;
    }

    /** Drops a subscription that has ended. */
    void forget(Object identity) {
        Subscription ended = find(identity);
        if (ended != null) {
            subscriptions.remove(ended);
            ended.windows().forEach(Window::ended);
        }
    }

    /** Whether anybody consumes from it. */
    boolean hasConsumers() {
        for (Subscription subscription : subscriptions) {
            if (!subscription.consumers().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Lets this turn look at a subscription: something about it has changed. */
    void stir(Subscription subscription) {
        if (!subscription.isStirred()) {
            subscription.setStirred(true);
            stirred.add(subscription);
        }
    }

    /** Answers a request when this turn's progress is in the log, or, if {@code durable}, on the disk. */
    void answer(Request request, Header header, boolean durable) {
        answers.add(new Answer(request, header, durable));
    }

    /** What this turn decides is because of this connection: if it is not because of several, the record says so. */
    void onBehalfOf(Connection connection) {
        severalActors |= actor != null && actor != connection;
        actor = connection;
    }

    private InetSocketAddress beneficiary() {
        Connection only = severalActors ? null : actor;
        InetSocketAddress address = only == null ? log.storeHost() : only.remoteAddress();
        return address.isUnresolved() ? log.storeHost() : address;
    }

    /** Runs a task when everything is handed out that can be, the progress is appended and everything is sent: in this turn, or the next that hands out. */
    void afterTurn(Runnable task) {
        afterTurn.add(task);
    }

    /** One turn. Answers whether there is more to do at once. */
    private boolean turn(long hotFrom) {
        betweenRounds = false;
        for (int left = taskCount.get(); left > 0; left--) {
            Runnable task = tasks.poll();
            if (task == null) {
                break;
            }
            taskCount.decrementAndGet();
            task.run();
        }
        long now = clock.millis();
        boolean pauses = now < rounds.pausedUntil(now);
        boolean handsOut = !pauses && !rounds.isUnderWay();
        if (handsOut) {
            lookAtArrivals();
            for (Subscription subscription : stirred) {
                subscription.pump(now, hotFrom);
            }
        }
        String refusal = record();
        actor = null;
        severalActors = false;
        boolean moreDead = false;
        for (Subscription subscription : stirred) {
            moreDead |= bury(subscription);
        }
        for (Subscription subscription : stirred) {
            subscription.send(rounds);
        }
        rounds.turnEnded(now, wide);
        giveAnswers(refusal);
        wide = subscriptions.size() >= Rounds.CONSUMERS_MIN;
        if (!handsOut) {
            // What was stirred stays so.
            boolean nothing = stirred.isEmpty() && afterTurn.isEmpty() && arrivalLook == null;
            boolean waits = nothing || (pauses ? awaitPause(now) : rounds.await());
            betweenRounds = waits && !nothing;
            return moreDead || taskCount.get() > 0 || !waits;
        }
        for (Runnable task : List.copyOf(afterTurn)) {
            task.run();
        }
        afterTurn.clear();
        setAlarm(now);
        stirred.removeIf(subscription -> {
            subscription.setStirred(subscription.hasMore() || subscription.waitsForStore());
            return !subscription.isStirred();
        });
        return moreDead || taskCount.get() > 0 || stirred.stream().anyMatch(Subscription::hasMore);
    }

    private void lookAtArrivals() {
        Runnable look = arrivalLook;
        if (look != null) {
            arrivalLook = null;
            // First: what arrives from here on is looked at again.
            arrivalPosted.set(false);
            look.run();
        }
    }

    /** Has itself called when the pause between two rounds is over. */
    private boolean awaitPause(long now) {
        if (!pauseAwaited) {
            pauseAwaited = true;
            alarm.at(rounds.pausedUntil(now), () -> {
                postAlways(() -> pauseAwaited = false);
                workElsewhere();
            });
        }
        return true;
    }

    /** Has itself called when the first message that waits is due, or when it is time to ask the store again. */
    private void setAlarm(long now) {
        long due = Parking.NEVER;
        for (Subscription subscription : subscriptions) {
            due = Math.min(due, subscription.nextDue());
            if (subscription.waitsForStore()) {
                due = Math.min(due, now + RETRY_MILLIS);
            }
        }
        Long earliest = alarms.peek();
        if (due < (earliest == null ? Parking.NEVER : earliest)) {
            Long set = due;
            alarms.push(set);
            alarm.at(due, () -> {
                postAlways(() -> alarmed(set));
                workElsewhere();
            });
        }
    }

    private void alarmed(Long set) {
        alarms.removeFirstOccurrence(set);
        for (Subscription subscription : subscriptions) {
            if (subscription.nextDue() != Parking.NEVER || subscription.waitsForStore()) {
                stir(subscription);
            }
        }
    }

    /**
     * Makes dead letters of what came back too often, or has expired. The letter and the settlement are one batch: both are there after a crash, or
     * neither.
     *
     * @return whether there are more than one turn makes
     */
    private boolean bury(Subscription subscription) {
        for (int left = TURN_LETTERS_MAX; !subscription.dying().isEmpty(); left--) {
            if (left == 0) {
                return true;
            }
            if (subscription.isSettled(subscription.dying().element())) {
                // Its former holder has acknowledged it meanwhile.
                subscription.dying().remove();
                continue;
            }
            String queue = graveyard.queueFor(topic, () -> {
                postAlways(() -> stir(subscription));
                work();
            });
            if (queue == null || !bury(subscription, subscription.dying().element(), queue)) {
                // Until the queue is made, or the log takes records again: the messages are in flight with nobody.
                return false;
            }
            subscription.dying().remove();
        }
        return false;
    }

    private boolean bury(Subscription subscription, Subscription.Dying dead, String queue) {
        Window window = subscription.windows().get(dead.window());
        CursorProgress settled = new CursorProgress();
        settled.settle(dead.offset());
        RecordSlice slice;
        try {
            slice = subscription.read(dead.window(), dead.offset());
        } catch (CorruptRecordException damage) {
            subscription.leaveOut(dead.window(), dead.offset(), damage);
            return true;
        }
        MessageBatch batch = batches.take();
        try {
            if (slice != null
                    && !queue.equals(DeadLetters.NOWHERE)
                    && batch.add(DeadLetters.draft(slice.buffer(), queue, death(subscription, dead)))
                            == MessageBatch.FULL) {
                LOG.error(
                        "the message at offset {} of {} is too large for '{}' and is not delivered until the next start",
                        dead.offset(),
                        window.queue(),
                        queue);
                return true;
            }
            if (window.isDurable()) {
                ProgressPayloads payload = new ProgressPayloads();
                payload.add(window.cursor().id(), settled);
                for (ByteBuffer each : payload.payloads()) {
                    append(batch, each);
                }
            }
            if (!batch.isEmpty()) {
                log.append(batch);
            }
            if (!window.isDurable()) {
                window.cursor().apply(settled);
            }
            window.settledElsewhere(dead.offset());
            subscription.died(dead, queue);
            return true;
        } catch (AppendRefusedException refused) {
            return false;
        } finally {
            if (slice != null) {
                slice.release();
            }
            batches.giveBack(batch);
        }
    }

    private DeadLetters.Death death(Subscription subscription, Subscription.Dying dead) {
        SubscriptionKey key = subscription.key();
        return new DeadLetters.Death(
                dead.reason(),
                (subscription.kind() == Subscription.Kind.QUEUE ? "queue://" : "topic://") + topic,
                key == null ? null : key.name(),
                dead.deliveryCount(),
                dead.failure(),
                clock.millis());
    }

    /** Makes this turn's progress part of the cursors; answers the reason if the log refuses it. */
    private @Nullable String record() {
        for (Subscription subscription : stirred) {
            for (Window window : subscription.windows()) {
                if (window.progress().isEmpty()) {
                    continue;
                }
                if (window.isDurable() && window.isDue()) {
                    payloads.add(window.cursor().id(), window.progress());
                } else if (!window.isDurable()) {
                    window.cursor().apply(window.progress());
                    window.applied();
                }
            }
        }
        List<ByteBuffer> records = payloads.payloads();
        if (records.isEmpty()) {
            return null;
        }
        MessageBatch batch = batches.take();
        try {
            for (ByteBuffer payload : records) {
                append(batch, payload);
            }
            log.append(batch);
            for (Subscription subscription : stirred) {
                for (Window window : subscription.windows()) {
                    if (window.isDurable() && window.isDue()) {
                        window.applied();
                    }
                }
            }
            return null;
        } catch (AppendRefusedException refused) {
            return String.valueOf(refused.getMessage());
        } finally {
            payloads.clear();
            batches.giveBack(batch);
        }
    }

    private void append(MessageBatch batch, ByteBuffer payload) throws AppendRefusedException {
        if (batch.addControl(ControlType.CURSOR, payload, beneficiary()) == MessageBatch.FULL) {
            // Progress may be split: each part is true by itself.
            log.append(batch);
            batch.clear();
            batch.addControl(ControlType.CURSOR, payload, beneficiary());
        }
    }

    private void giveAnswers(@Nullable String refusal) {
        if (answers.isEmpty()) {
            return;
        }
        List<Answer> waiting = null;
        for (Answer answer : answers) {
            if (refusal != null) {
                answer.request.refuse(JmsRefusal.STORE_REFUSES.code(), refusal);
            } else if (answer.durable) {
                if (waiting == null) {
                    waiting = new ArrayList<>();
                }
                waiting.add(answer);
            } else {
                answer.request.reply(answer.header);
            }
        }
        answers.clear();
        if (waiting != null) {
            // Behind everything that is written: an acknowledgement that is repeated may have been appended by an
            // earlier turn.
            log.whenDurable(log.writtenPosition(), new DurableAnswers(waiting));
        }
    }

    /** Answers that wait for the disk. */
    private record DurableAnswers(List<Answer> answers) implements PositionWaiter {

        @Override
        public void durable(long durablePosition) {
            answers.forEach(answer -> answer.request.reply(answer.header));
        }

        @Override
        public void failed(String reason) {
            answers.forEach(answer -> answer.request.refuse(JmsRefusal.STORE_REFUSES.code(), reason));
        }
    }
}
