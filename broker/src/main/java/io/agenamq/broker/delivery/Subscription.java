// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsFailure;
import io.agenamq.protocol.command.JmsPlaces;
import io.agenamq.protocol.command.JmsTraceFact.Event;
import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.jms.StoredMessage;
import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.cursor.SubscriptionKey;
import io.agenamq.store.log.CorruptRecordException;
import io.agenamq.store.log.RecordSlice;
import io.agenamq.store.queue.ConsumeQueue;
import io.agenamq.store.queue.QueueEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader of a topic whose state the broker keeps, message by message: windows over its message queues, and the consumers that share it.
 *
 * <p>Each message goes to one consumer. Consumers with credit take turns, one message each; what came back goes before what is new, and
 * otherwise the order of each message queue is kept. A selector that several consumers can present only passes messages over; the selector of a
 * topic subscription is its own for good, so what it does not select is settled. Owned by the destination.
 */
final class Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    /** Most messages and bytes that one turn hands out, and entries it looks at, before others get the thread. */
    private static final int TURN_MESSAGES_MAX = 256;

    private static final int TURN_BYTES_MAX = 1024 * 1024;
    private static final int TURN_ENTRIES_MAX = 2048;

    /** Entries that one lane looks at in a turn: less where many lanes share the turn, so that a long search holds up nobody. */
    private static final int SLICE_ENTRIES_MAX = 512;

    private static final int SLICE_ENTRIES_MIN = 16;

    private static final String ACKNOWLEDGED = "acknowledged";
    private static final String UNSEEN = "not shown to the application";

    /** A time that is over, for what was held and is not known to be free yet. */
    private static final long NOT_HELD_ANY_MORE = 1;

    /** To have looked at so much of a backlog is worth remembering even if nobody uses the destination. */
    private static final int WORTHWHILE_ENTRIES = 1024;

    private final RecordSource records;
    private final Kind kind;
    private final Object identity;
    private final Supplier<DeliveryRules> rules;
    private final DoubleSupplier chance;
    private final DeliveryNotes notes;
    private @Nullable SubscriptionKey key;
    private final Parking parking = new Parking();
    private final Grouping grouping;
    private final Deque<Dying> dying = new ArrayDeque<>();
    private final List<Window> windows;
    private final List<AttachedConsumer> consumers = new ArrayList<>(); // in the order in which they were attached
    private final List<AttachedConsumer> leaving = new ArrayList<>(); // gone, but with something in flight
    private final List<HeldOffsets> undecided = new ArrayList<>(); // with transactions, and may come back
    private final Lanes lanes;
    private final QueueEntry entry = new QueueEntry();
    private final StoredMessage message = new StoredMessage();
    private final List<AttachedConsumer> sending = new ArrayList<>();
    private int generation;
    private int entriesLeft;
    private int messagesLeft;
    private long bytesLeft;
    private long pumpCount;
    private int sliceEntries;
    private boolean endedEarly;
    private boolean more;
    private boolean stirred;
    private long heldUntil;
    private final List<Runnable> afterHold = new ArrayList<>();

    // The candidate that find() found.
    private int foundWindow;
    private long foundOffset;
    private @Nullable RecordSlice foundSlice;
    private GroupSlots.@Nullable Slot foundSlot;

    /** What a subscription is, to its consumers and to a crash. */
    enum Kind {
        /** The built-in one of a queue: everybody shares it, everybody brings a selector. */
        QUEUE,
        /** Of a topic, for one consumer, and it ends with it. */
        PLAIN,
        /** Of a topic, for those who know its name, and it ends with the last of them. */
        SHARED,
        /** Of a topic; it stays when its consumers go. */
        DURABLE
    }

    /** A message that is in flight with nobody until it is a dead letter. */
    record Dying(int window, long offset, int deliveryCount, DeadLetters.Reason reason, @Nullable JmsFailure failure) {}

    /**
     * A subscription without consumers.
     *
     * @param identity what tells it from the other subscriptions of its destination
     * @param rules what its destination says at present
     * @param chance numbers from 0 to 1, for waits that differ
     * @param memory what an operator may ask about later
     */
    Subscription(
            RecordSource records,
            List<Window> windows,
            Kind kind,
            Object identity,
            Supplier<DeliveryRules> rules,
            DoubleSupplier chance,
            DeliveryMemory memory) {
        this.chance = chance;
        this.notes = new DeliveryNotes(memory);
        this.records = records;
        this.rules = rules;
        this.windows = new ArrayList<>(windows);
        this.lanes = new Lanes(this.windows, kind == Kind.QUEUE);
        this.grouping = new Grouping(this.windows, kind != Kind.PLAIN);
        this.kind = kind;
        this.identity = identity;
    }

    Kind kind() {
        return kind;
    }

    Object identity() {
        return identity;
    }

    List<Window> windows() {
        return windows;
    }

    List<AttachedConsumer> consumers() {
        return consumers;
    }

    /** One more window, or another one where nothing ever was. */
    void put(int index, Window window) {
        if (index < windows.size()) {
            windows.set(index, window);
        } else {
            windows.add(window);
        }
    }

    /** The name under which consumers find it; null for one that has none. */
    @Nullable
    SubscriptionKey key() {
        return key;
    }

    /** Says under which name consumers find it; once, before it is used. */
    void setKey(SubscriptionKey name) {
        key = name;
        notes.setSubscription(name);
    }

    /** How often it began a new life. */
    int generation() {
        return generation;
    }

    /**
     * Goes on with the message queues of a topic that was removed and made again. What was in flight is gone with the old ones: acknowledging it or giving
     * it back changes nothing any more.
     */
    void restart(List<Window> others) {
        generation++;
        windows.clear();
        windows.addAll(others);
        lanes.restart(consumers);
        parking.clear();
        grouping.clear();
        dying.clear();
        heldUntil = heldUntil == 0 ? 0 : NOT_HELD_ANY_MORE;
        consumers.forEach(this::forgetFormerLife);
        leaving.clear();
        undecided.clear();
    }

    /** Deliveries of a former life name offsets of queues that are gone, and must not settle their namesakes. */
    private void forgetFormerLife(AttachedConsumer consumer) {
        if (consumer.generation != generation) {
            consumer.generation = generation;
            consumer.inFlight().clear();
        }
    }

    /** Whether it has no consumers and knows nothing that its cursors do not, nor what is dear to find again. */
    boolean isIdle() {
        if (!consumers.isEmpty()) {
            return false;
        }
        if (lanes.rememberMoreThan(WORTHWHILE_ENTRIES)) {
            return false;
        }
        for (Window window : windows) {
            if (window.knowsMoreThanCursor() || window.sortedCount() > WORTHWHILE_ENTRIES) {
                return false;
            }
        }
        return true;
    }

    /** The lane of a filter, made if this is the first consumer to present it. */
    Lane join(Lane.Filter filter) {
        return lanes.join(filter);
    }

    void add(AttachedConsumer consumer) {
        consumers.add(consumer);
        lanes.add(consumer);
    }

    /** Takes a consumer out of the round; its deliveries are another question. */
    void remove(AttachedConsumer consumer) {
        leaving.remove(consumer);
        if (consumer.isDetached() && !consumer.inFlight().isEmpty()) {
            leaving.add(consumer);
        }
        boolean left = consumers.remove(consumer);
        grouping.left(consumer);
        if (left) {
            lanes.remove(consumer);
        }
    }

    /** Settles the deliveries with sequence numbers {@code from} to {@code to}; those that are not in flight are passed over. */
    void acknowledge(AttachedConsumer consumer, long from, long to) {
        forgetFormerLife(consumer);
        InFlight inFlight = consumer.inFlight();
        long end = Math.min(to, inFlight.next() - 1);
        for (long sequence = Math.max(from, inFlight.first()); sequence <= end; sequence++) {
            long gone = inFlight.remove(sequence);
            if (gone != InFlight.NONE) {
                int window = InFlight.window(gone);
                long offset = InFlight.offset(gone);
                grouping.over(consumer.lane, window, offset);
                if (!isSettled(gone)) {
                    windows.get(window).settle(offset);
                    notes.note(Event.SETTLED, windows.get(window).queue(), offset, consumer, 0, ACKNOWLEDGED);
                }
            }
        }
    }

    /**
     * Gives deliveries back.
     *
     * @param seen the last sequence number that the application saw
     * @param all whether those up to {@code seen} come back too, counted as deliveries
     * @param now for those that wait before they are delivered again, milliseconds since 1970
     */
    void giveBack(AttachedConsumer consumer, long seen, boolean all, long now, ReleaseCause cause) {
        forgetFormerLife(consumer);
        RedeliveryPolicy policy = rules.get().redelivery();
        InFlight inFlight = consumer.inFlight();
        long end = inFlight.next();
        for (long sequence = all ? inFlight.first() : Math.max(seen + 1, inFlight.first());
                sequence < end;
                sequence++) {
            long gone = inFlight.remove(sequence);
            if (gone != InFlight.NONE) {
                int window = InFlight.window(gone);
                long offset = InFlight.offset(gone);
                if (!isSettled(gone) && sequence > seen) {
                    notes.note(Event.RELEASED, windows.get(window).queue(), offset, consumer, 0, UNSEEN);
                    giveBack(window, offset);
                } else if (!isSettled(gone)) {
                    int number = giveBackSeen(consumer.lane, window, offset, policy, now, cause.failureOf(sequence));
                    notes.note(
                            Event.RELEASED,
                            windows.get(window).queue(),
                            offset,
                            consumer,
                            number,
                            cause.wordsOf(sequence));
                }
                grouping.over(consumer.lane, window, offset);
            }
        }
    }

    /**
     * Takes the deliveries with sequence numbers {@code from} to {@code to} out of flight for a transaction, which settles them or gives them back;
     * meanwhile nobody else gets them.
     *
     * @return how many of them were in flight
     */
    int hold(AttachedConsumer consumer, long from, long to, HeldOffsets into) {
        forgetFormerLife(consumer);
        InFlight inFlight = consumer.inFlight();
        int count = 0;
        long end = Math.min(to, inFlight.next() - 1);
        for (long sequence = Math.max(from, inFlight.first()); sequence <= end; sequence++) {
            long gone = inFlight.remove(sequence);
            if (gone != InFlight.NONE) {
                count++;
                int window = InFlight.window(gone);
                into.add(window, windows.get(window), InFlight.offset(gone));
                grouping.held(consumer.lane, window, InFlight.offset(gone));
            }
        }
        if (count > 0) {
            into.receivedBy(consumer);
            if (!undecided.contains(into)) {
                undecided.add(into);
            }
        }
        return count;
    }

    /** Room for what a branch held when the broker was started, whose receivers are gone. */
    HeldOffsets beginHolding() {
        HeldOffsets held = new HeldOffsets();
        undecided.add(held);
        return held;
    }

    /** What a transaction held comes back, counted as delivered. */
    void giveBack(HeldOffsets held, long now) {
        RedeliveryPolicy policy = rules.get().redelivery();
        held.forEach((index, window, offsets) -> {
            if (index >= windows.size() || windows.get(index) != window) {
                // Its topic was removed meanwhile, and perhaps made again.
                return;
            }
            for (long at = offsets.nextSettled(0); at != BitPlane.NONE; at = offsets.nextSettled(at + 1)) {
                if (!window.isSettled(at)) {
                    int number = giveBackSeen(grouping.laneOfHeld(index, at), index, at, policy, now, null);
                    notes.note(Event.RELEASED, window.queue(), at, null, number, "its transaction was not committed");
                }
            }
        });
        heldIsOver(held);
    }

    // ---- for those who want to know where a message is

    /** Consumers that have gone and have something in flight; live. */
    List<AttachedConsumer> leaving() {
        return leaving;
    }

    DeliveryRules presentRules() {
        return rules.get();
    }

    /** When a message may be delivered again; {@link Parking#NEVER} if it does not wait for a time. */
    long dueOf(int window, long offset) {
        return parking.dueOf(window, offset);
    }

    boolean isDying(int window, long offset) {
        return dying.stream().anyMatch(dead -> dead.window() == window && dead.offset() == offset);
    }

    /** Until when nothing is delivered after a start, milliseconds since 1970; in the past if that is over. */
    long heldUntil() {
        return heldUntil;
    }

    // ----

    /** A transaction has settled what it held. */
    void committed(HeldOffsets held) {
        held.forEach((index, window, offsets) -> {
            for (long at = offsets.nextSettled(0); at != BitPlane.NONE; at = offsets.nextSettled(at + 1)) {
                notes.note(Event.COMMITTED, window.queue(), at, null, 0, null);
            }
        });
        heldIsOver(held);
    }

    /** A message has become a dead letter. */
    void died(Dying dead, String queue) {
        notes.note(
                Event.DIED,
                windows.get(dead.window()).queue(),
                dead.offset(),
                null,
                dead.deliveryCount(),
                "now in '" + queue + "'");
    }

    /** What a transaction held is settled, or has come back. */
    void heldIsOver(HeldOffsets held) {
        undecided.remove(held);
        held.forEach((index, window, offsets) -> {
            if (index >= windows.size() || windows.get(index) != window) {
                // Of a former life, whose groups are forgotten.
                return;
            }
            for (long at = offsets.nextSettled(0); at != BitPlane.NONE; at = offsets.nextSettled(at + 1)) {
                grouping.heldIsOver(index, at);
            }
        });
    }

    /** Whether a delivery in flight is settled, because its former holder has said so by its place. */
    private boolean isSettled(long inFlight) {
        return windows.get(InFlight.window(inFlight)).isSettled(InFlight.offset(inFlight));
    }

    /** What tells it from the other subscriptions that a client may remember; 0 for one that does not outlive the broker. */
    long id() {
        return windows.isEmpty() ? 0 : windows.get(0).cursor().id();
    }

    /** Puts a consumer in the place of one that it goes on for. */
    void replace(AttachedConsumer former, AttachedConsumer next) {
        consumers.set(consumers.indexOf(former), next);
        lanes.replace(former, next);
    }

    /**
     * A client says what became of messages that it was given by a former broker process, or so long ago that they were given back. Who has one
     * of them now loses nothing by it.
     */
    void settle(List<JmsPlaces.Range> ranges) {
        for (JmsPlaces.Range range : ranges) {
            if (range.queueId() >= windows.size()) {
                continue;
            }
            Window window = windows.get(range.queueId());
            long end = Math.min(range.last(), window.head() - 1);
            for (long offset = Math.max(range.first(), window.cursor().floor()); offset <= end; offset++) {
                if (window.isSettled(offset) || window.isForBranch(offset)) {
                    continue;
                }
                switch (range.fate()) {
                    case ACKNOWLEDGED -> {
                        window.settle(offset);
                        notes.note(
                                Event.SETTLED,
                                window.queue(),
                                offset,
                                null,
                                0,
                                "acknowledged over a former connection");
                    }
                    case UNSEEN -> window.notSeen(offset);
                    case SEEN -> {
                        // That is what the delivered mark says of it.
                    }
                }
                window.account(offset);
            }
        }
        letGoIfNothingIsInDoubt();
    }

    /** Delivers again, if it was {@linkplain #hold held} and everything is known now that was in doubt. */
    void letGoIfNothingIsInDoubt() {
        if (heldUntil != 0 && windows.stream().noneMatch(Window::hasDoubtful)) {
            heldUntil = NOT_HELD_ANY_MORE;
        }
    }

    /**
     * Delivers nothing before {@code until}, milliseconds since 1970, unless it is known earlier what became of everything that is in doubt: those who
     * had it may be on their way.
     */
    void hold(long until) {
        heldUntil = until;
    }

    /** Runs a task, within a turn, when nothing is held; at once if nothing is. */
    void whenNotHeld(Runnable task) {
        if (heldUntil == 0) {
            task.run();
        } else {
            afterHold.add(task);
        }
    }

    private boolean isHeld(long now) {
        if (now < heldUntil) {
            return true;
        } else if (heldUntil != 0) {
            heldUntil = 0;
            List<Runnable> tasks = List.copyOf(afterHold);
            afterHold.clear();
            tasks.forEach(Runnable::run);
        }
        return false;
    }

    /** Answers the number of the delivery that it comes back from. */
    private int giveBackSeen(
            @Nullable Lane lane,
            int window,
            long offset,
            RedeliveryPolicy policy,
            long now,
            @Nullable JmsFailure failure) {
        int number = windows.get(window).countDelivery(offset);
        long delay = policy.delayAfter(number, chance.getAsDouble());
        if (policy.isDeadAfter(number)) {
            dying.add(new Dying(window, offset, number, DeadLetters.Reason.REDELIVERY_LIMIT, failure));
        } else if (delay > 0) {
            parking.park(now + delay, window, offset);
            if (lane != null) {
                grouping.parked(lane, window, offset);
            }
        } else {
            giveBack(window, offset);
        }
        return number;
    }

    private void giveBack(int window, long offset) {
        int priority = windows.get(window).priority(offset);
        windows.get(window).giveBack(offset);
        lanes.cameBack(window, offset, priority);
    }

    /** When the next message that waits has waited enough, milliseconds since 1970. */
    long nextDue() {
        return heldUntil == 0 ? parking.nextDue() : Math.min(heldUntil, parking.nextDue());
    }

    /** Messages that have to become dead letters, the oldest first; live. */
    Deque<Dying> dying() {
        return dying;
    }

    /** Whether a message that has to become a dead letter was settled meanwhile. */
    boolean isSettled(Dying dead) {
        return windows.get(dead.window()).isSettled(dead.offset());
    }

    /**
     * The record of a message, null if the log does not hold it any more. The caller releases it.
     *
     * @throws CorruptRecordException if what is stored is not that message
     */
    @Nullable
    RecordSlice read(int window, long offset) {
        ConsumeQueue queue = windows.get(window).queue();
        return queue.read(offset, entry) ? records.read(queue, offset, entry) : null;
    }

    /**
     * Hands out what consumers have credit for, at most one turn's worth ({@link #hasMore}). The frames stay with the consumers until they
     * are told to {@link #send}.
     *
     * @param now for messages that expire, milliseconds since 1970
     * @param hotFrom log position below which a record may have to come from the disk; such records are left for another turn
     */
    void pump(long now, long hotFrom) {
        more = false;
        endedEarly = false;
        pumpCount++;
        sliceEntries =
                Math.max(SLICE_ENTRIES_MIN, Math.min(SLICE_ENTRIES_MAX, TURN_ENTRIES_MAX / (lanes.searchCount() + 1)));
        windows.forEach(Window::passRetired);
        if (isHeld(now)) {
            return;
        }
        for (Parking.Parked due = parking.unpark(now); due != null; due = parking.unpark(now)) {
            giveBack(due.window(), due.offset());
            grouping.unparked(due.window(), due.offset());
        }
        DeliveryRules present = rules.get();
        if (present.paused()) {
            return;
        }
        if (!consumers.isEmpty() && !sort()) {
            more = true;
            endedEarly = true;
            return;
        }
        for (HashLanes hashed : List.copyOf(lanes.hashes())) {
            if (!readFor(hashed, now, hotFrom)) {
                more = true;
                endedEarly = true;
            }
        }
        entriesLeft = TURN_ENTRIES_MAX;
        messagesLeft = TURN_MESSAGES_MAX;
        bytesLeft = TURN_BYTES_MAX;
        // Who was served last in a turn that was too short is served first in the next.
        boolean matchedFirst = (pumpCount & 1) == 0;
        boolean done = matchedFirst
                ? serveMatched(present.exclusive(), now, hotFrom)
                        && serve(lanes.round(), present.exclusive(), now, hotFrom)
                : serve(lanes.round(), present.exclusive(), now, hotFrom)
                        && serveMatched(present.exclusive(), now, hotFrom);
        if (done) {
            lanes.hashWhatHasSeenAll(pumpCount);
        } else {
            more = true;
            endedEarly = true;
        }
    }

    /** Serves consumers until none of them can take any more; false if the turn is over before that. */
    private boolean serve(ConsumerRound round, boolean exclusive, long now, long hotFrom) {
        int idle = 0;
        while (idle < round.size()) {
            AttachedConsumer consumer = round.next();
            if ((exclusive && consumer != active()) || !consumer.canTake()) {
                idle++;
                continue;
            }
            if (messagesLeft == 0 || bytesLeft <= 0) {
                round.stay();
                return false;
            }
            switch (find(consumer, now, hotFrom)) {
                case FOUND -> {
                    idle = 0;
                    messagesLeft--;
                    bytesLeft -= deliverFound(consumer);
                }
                case NOT_NOW -> {
                    // The next turn begins with the next consumer: a long search does not hold up the others.
                    return false;
                }
                case NONE -> idle++;
            }
        }
        return true;
    }

    private boolean serveMatched(boolean exclusive, long now, long hotFrom) {
        for (Lane lane : List.copyOf(lanes.matched())) {
            if (!serve(lane.round(), exclusive, now, hotFrom)) {
                return false;
            }
            if (lane.matchCount() == 0 && lane.groups() == null) {
                lanes.matched().remove(lane);
            }
        }
        return true;
    }

    /** Reads what is new for hashed lanes, at most a turn's worth; answers whether that is all. */
    private boolean readFor(HashLanes hashed, long now, long hotFrom) {
        Lane reader = hashed.reader;
        entriesLeft = TURN_ENTRIES_MAX;
        for (int index = 0; index < windows.size(); index++) {
            for (long offset = reader.candidate(index, windows);
                    offset != BitPlane.NONE;
                    offset = reader.candidate(index, windows)) {
                if (entriesLeft-- == 0) {
                    return false;
                }
                Look look = look(reader, index, offset, false, now, hotFrom);
                if (look == Look.NOT_NOW) {
                    return false;
                }
                RecordSlice slice = foundSlice;
                if (look == Look.PASSED || slice == null) {
                    continue;
                }
                foundSlice = null;
                Window window = windows.get(index);
                int priority = window.priority(offset);
                message.reset(slice.buffer(), 0, window.deliveryNumber(offset));
                if (message.get(hashed.property) instanceof String text) {
                    lanes.found(hashed, text, new GroupSlots.Waiting(index, priority, offset));
                }
                slice.release();
                reader.pass(index, offset, priority);
            }
        }
        hashed.completeAtPump = pumpCount;
        return true;
    }

    /**
     * The consumer that gets messages where that is one at a time: the one that is attached longest, as soon as nothing can come back from those before it,
     * which would then be out of order.
     */
    @Nullable
    AttachedConsumer active() {
        leaving.removeIf(consumer -> consumer.inFlight().isEmpty());
        if (!leaving.isEmpty() || consumers.isEmpty()) {
            return null;
        }
        AttachedConsumer first = consumers.get(0);
        for (HeldOffsets held : undecided) {
            if (!held.isOnlyOf(first)) {
                return null;
            }
        }
        return first;
    }

    /** How many messages wait for their time. */
    int parkedCount() {
        return parking.count();
    }

    /** The offsets of a window that wait for their time. */
    BitPlane parked(int window) {
        return parking.offsets(window);
    }

    /** Forgets those that wait for their time and are settled, or about to be. */
    void unpark(int window) {
        parking.removeIf(parked -> {
            boolean gone = parked.window() == window && windows.get(window).isSettled(parked.offset());
            if (gone) {
                grouping.unparked(window, parked.offset());
            }
            return gone;
        });
    }

    /** Sorts what has come by priority, at most a turn's worth of it; answers whether that is all, and a higher priority cannot hide behind a lower. */
    private boolean sort() {
        boolean all = true;
        for (Window window : windows) {
            all &= window.sort(TURN_ENTRIES_MAX, entry);
        }
        return all;
    }

    /** Whether the last {@link #pump} ended before everything was handed out that could be. */
    boolean hasMore() {
        return more;
    }

    /** Whether the last {@link #pump} ended before this consumer got everything that there is for it. */
    boolean hasMoreFor(AttachedConsumer consumer) {
        return (endedEarly || consumer.lane.pausedAtPump == pumpCount) && consumer.canTake();
    }

    /** Whether this turn of the destination looks at this subscription. */
    boolean isStirred() {
        return stirred;
    }

    void setStirred(boolean stirred) {
        this.stirred = stirred;
    }

    /** Whether something is decided that the store has not taken yet. Not between a decision and the end of its turn. */
    boolean waitsForStore() {
        return !dying.isEmpty() || hasDueProgress();
    }

    /** Whether a window has decided something that has to be in its cursor. */
    private boolean hasDueProgress() {
        for (Window window : windows) {
            if (window.isDue()) {
                return true;
            }
        }
        return false;
    }

    /** Sends what was handed out, and says to whom. */
    void send(Rounds rounds) {
        for (AttachedConsumer consumer : sending) {
            consumer.send();
            rounds.sentTo(consumer.connection);
        }
        sending.clear();
        notes.flush();
    }

    private int deliverFound(AttachedConsumer consumer) {
        RecordSlice slice = foundSlice;
        if (slice == null) {
            throw new IllegalStateException("found a message without its record");
        }
        foundSlice = null;
        Window window = windows.get(foundWindow);
        if (!consumer.hasFrames()) {
            sending.add(consumer);
            consumer.destination.onBehalfOf(consumer.connection);
        }
        int number = window.deliveryNumber(foundOffset);
        consumer.deliver(foundWindow, foundOffset, slice, number);
        notes.note(Event.DELIVERED, window.queue(), foundOffset, consumer, number, null);
        window.take(foundOffset);
        GroupSlots.Slot slot = foundSlot;
        if (slot == null) {
            consumer.lane.pass(foundWindow, foundOffset, window.priority(foundOffset));
        } else {
            GroupSlots.Waiting place = new GroupSlots.Waiting(foundWindow, window.priority(foundOffset), foundOffset);
            GroupSlots groups = consumer.lane.openGroups();
            if (!groups.stopWaiting(slot, place)) {
                consumer.lane.pass(foundWindow, foundOffset, place.priority());
            }
            groups.delivered(slot, consumer);
        }
        consumer.lane.tookFrom(foundWindow);
        consumer.lane.found(sliceEntries);
        return slice.size();
    }

    private enum Search {
        FOUND,
        NONE,
        NOT_NOW
    }

    private Search find(AttachedConsumer consumer, long now, long hotFrom) {
        Lane lane = consumer.lane;
        if (lane.emptyAtPump == pumpCount && lane.groups() == null) {
            return Search.NONE;
        }
        lane.beginSlice(pumpCount, sliceEntries);
        int start = lane.nextWindow(windows.size());
        for (int i = 0; i < windows.size(); i++) {
            int index = (start + i) % windows.size();
            Search search = find(consumer, index, now, hotFrom);
            if (search != Search.NONE) {
                return search;
            }
            if (lane.pausedAtPump == pumpCount) {
                more = true;
                break;
            }
        }
        lane.emptyAtPump = pumpCount;
        return Search.NONE;
    }

    private Search find(AttachedConsumer consumer, int index, long now, long hotFrom) {
        Lane lane = consumer.lane;
        Window window = windows.get(index);
        while (true) {
            long fromLane = lane.candidate(index, windows);
            long waiting = grouping.nextWaiting(consumer, index, fromLane);
            long offset = waiting != BitPlane.NONE ? waiting : fromLane;
            if (offset == BitPlane.NONE) {
                return Search.NONE;
            }
            if (entriesLeft == 0) {
                return Search.NOT_NOW;
            }
            if (!lane.mayLook(pumpCount)) {
                return Search.NONE;
            }
            entriesLeft--;
            Look look = look(lane, index, offset, waiting != BitPlane.NONE, now, hotFrom);
            if (look == Look.NOT_NOW) {
                return Search.NOT_NOW;
            }
            RecordSlice slice = foundSlice;
            if (look == Look.PASSED || slice == null) {
                continue;
            }
            if (!lane.filter().passesAll() && !matches(lane, window, offset, slice)) {
                releaseFound(slice);
                passOver(lane, index, offset);
                continue;
            }
            GroupSlots.Slot slot = grouping.slotOf(lane, entry);
            if (slot == null || lane.openGroups().isFor(slot, consumer)) {
                foundWindow = index;
                foundOffset = offset;
                foundSlot = slot;
                return Search.FOUND;
            }
            releaseFound(slice);
            if (!lane.openGroups().leave(slot, new GroupSlots.Waiting(index, window.priority(offset), offset))) {
                return Search.NONE;
            }
            lane.pass(index, offset, window.priority(offset));
        }
    }

    private void releaseFound(RecordSlice slice) {
        slice.release();
        foundSlice = null;
    }

    private enum Look {
        /** Its record is {@link #foundSlice}. */
        RECORD,
        /** It is for nobody, or for nobody here, and that is noted. */
        PASSED,
        NOT_NOW
    }

    /** Looks at a candidate of a lane, up to its record. */
    private Look look(Lane lane, int index, long offset, boolean waiting, long now, long hotFrom) {
        Window window = windows.get(index);
        if (!window.queue().read(offset, entry)) {
            // Retention dropped it between the look at the queue and this one.
            window.settle(offset);
            return Look.PASSED;
        }
        boolean expires = entry.expiry() != 0 && entry.expiry() <= now;
        if (!expires && entry.deliverAt() > now) {
            window.hold(offset);
            parking.park(entry.deliverAt(), index, offset);
            return Look.PASSED;
        }
        if (!expires && lane.filter().excludes(entry)) {
            passOver(lane, index, offset);
            return Look.PASSED;
        }
        if (entry.position() < hotFrom) {
            return Look.NOT_NOW;
        }
        RecordSlice slice;
        try {
            slice = records.read(window.queue(), offset, entry);
        } catch (CorruptRecordException damage) {
            leaveOut(index, offset, damage);
            if (waiting) {
                boolean unused = grouping.stopWaiting(lane, entry, index, offset);
            } else {
                lane.pass(index, offset, window.priority(offset));
            }
            return Look.PASSED;
        }
        if (slice == null) {
            window.settle(offset);
            return Look.PASSED;
        }
        if (expires && hasExpired(slice, now)) {
            slice.release();
            expire(index, offset);
            return Look.PASSED;
        }
        foundSlice = slice;
        return Look.RECORD;
    }

    /** A damaged message is neither delivered nor settled; the disk may be mended, and an operator should know. The others go on. */
    void leaveOut(int index, long offset, CorruptRecordException damage) {
        Window window = windows.get(index);
        window.letGo(offset);
        if (window.isNewlyDamaged(offset)) {
            LOG.error(
                    "the message at offset {} of {} is damaged and is left out; those behind it are delivered: {}",
                    offset,
                    window.queue(),
                    damage.getMessage());
        }
    }

    /** Whether the record says what the entry says: a message is not dropped on the word of an entry alone, which has no checksum. */
    private static boolean hasExpired(RecordSlice slice, long now) {
        long expiry = JmsProperties.expiry(slice.buffer(), 0);
        return expiry != 0 && expiry <= now;
    }

    private void expire(int index, long offset) {
        Window window = windows.get(index);
        notes.note(Event.EXPIRED, window.queue(), offset, null, window.deliveryNumber(offset) - 1, null);
        if (rules.get().redelivery().keepsExpired()) {
            window.hold(offset);
            dying.add(new Dying(index, offset, window.deliveryNumber(offset) - 1, DeadLetters.Reason.EXPIRED, null));
        } else {
            window.settle(offset);
        }
    }

    private boolean matches(Lane lane, Window window, long offset, RecordSlice slice) {
        message.reset(slice.buffer(), 0, window.deliveryNumber(offset));
        return lane.filter().matches(message, slice.buffer());
    }

    private void passOver(Lane lane, int index, long offset) {
        if (kind != Kind.QUEUE) {
            windows.get(index).exclude(offset);
        }
        lane.pass(index, offset, windows.get(index).priority(offset));
    }
}
