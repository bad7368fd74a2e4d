// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsPlaces;
import io.agenamq.protocol.command.JmsPlaces.Fate;
import io.agenamq.provider.client.ClientException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The acknowledgements of one consumer that the broker has not answered, over as many connections as that takes.
 *
 * <p>Nobody waits for an answer before he acknowledges the next message. One frame is on its way at a time, and what is acknowledged meanwhile goes
 * with the next one: a burst of acknowledgements is one frame, and a single one leaves at once. Even then it grows until the event loop comes to write it.
 * What has to come after them (a release, a probe) takes those that wait along.
 *
 * <p>An acknowledgement that was not answered before its connection was lost is said again over the next one, before anything can be delivered
 * there. If the broker kept what was in flight, it is said as before; if the broker knows of nothing any more, it is said by the places of the
 * messages, together with which others the application has seen, and which nobody:
 *
 * <pre>
 *   add ──▶ unsent ──▶ on its way ──answered──▶ done
 *              ↑            │ connection lost
 *              └── resumed ─┴── begun anew ──▶ doubtful (by places) ──answered──▶ done
 * </pre>
 *
 * <p>Any thread. Wires are called under the lock, because the order of frames is that of the calls, and they never block; futures are completed
 * outside of it.
 */
final class Acknowledgements {

    // Guarded by this.
    private @Nullable WireConsumer link;
    private long subscription;
    private final Deque<Range> ranges = new ArrayDeque<>();
    private final List<Doubt> doubts = new ArrayList<>();
    private final Places places = new Places();
    private int epoch;
    private boolean ended;
    private @Nullable ClientException failure;

    /** Deliveries that follow one another and are acknowledged in one frame. */
    private static final class Range {
        final long from;
        final int epoch;
        final boolean durable;
        final CompletableFuture<Void> answer = new CompletableFuture<>();
        long to;
        int messages;
        int bytes;
        int attempts;
        boolean onItsWay;

        /** Whether it says what it says: it is written, or something has to come after it. */
        boolean closed;

        Range(long from, long to, int epoch, boolean durable) {
            this.from = from;
            this.to = to;
            this.epoch = epoch;
            this.durable = durable;
        }
    }

    /** Acknowledged messages of a former connection, by their places. */
    private static final class Doubt {
        final long subscription;
        final JmsPlaces acknowledged = new JmsPlaces();
        final List<CompletableFuture<Void>> answers = new ArrayList<>();
        int attempts;

        Doubt(long subscription) {
            this.subscription = subscription;
        }
    }

    /** What is done when the lock is free again. */
    private final class Afterwards {
        private final List<Runnable> tasks = new ArrayList<>();

        void run() {
            tasks.forEach(Runnable::run);
        }

        void whenAnswered(Range range, int attempt, CompletableFuture<Void> answer) {
            tasks.add(() -> {
                var unused = answer.whenComplete((done, failed) -> answered(range, attempt, failed));
            });
        }

        void whenAnswered(Doubt doubt, int attempt, CompletableFuture<Void> answer) {
            tasks.add(() -> {
                var unused = answer.whenComplete((done, failed) -> answered(doubt, attempt, failed));
            });
        }

        void complete(CompletableFuture<Void> answer, @Nullable ClientException failed) {
            tasks.add(() -> {
                if (failed == null) {
                    answer.complete(null);
                } else {
                    answer.completeExceptionally(failed);
                }
            });
        }
    }

    /** The present connection, null while there is none. */
    synchronized @Nullable WireConsumer link() {
        return link;
    }

    // ---- from the consumer

    /** Acknowledges deliveries. Those that go in one frame have one future. */
    CompletableFuture<Void> add(long from, long to, int inEpoch, int messages, int bytes, boolean durable) {
        Afterwards afterwards = new Afterwards();
        CompletableFuture<Void> answer;
        synchronized (this) {
            if (failure != null) {
                return CompletableFuture.failedFuture(failure);
            }
            Range last = ranges.peekLast();
            if (last == null
                    || last.closed
                    || last.to + 1 != from
                    || last.epoch != inEpoch
                    || last.durable != durable) {
                last = new Range(from, to, inEpoch, durable);
                ranges.add(last);
            }
            last.to = to;
            last.messages += messages;
            last.bytes += bytes;
            answer = last.answer;
            sendNext(afterwards);
        }
        afterwards.run();
        return answer;
    }

    /** Asks for something that has to come after all acknowledgements of before. Null if there is no connection. */
    @Nullable
    CompletableFuture<Void> after(Function<WireConsumer, CompletableFuture<Void>> request) {
        Afterwards afterwards = new Afterwards();
        CompletableFuture<Void> answer = null;
        synchronized (this) {
            if (link != null) {
                sendAll(afterwards);
                answer = request.apply(link);
            }
        }
        afterwards.run();
        return answer;
    }

    /** Sends those that wait for the answer to another one, so that what is asked next comes after them. */
    void hurry() {
        Afterwards afterwards = new Afterwards();
        synchronized (this) {
            sendAll(afterwards);
        }
        afterwards.run();
    }

    /** Asks for something whose order among acknowledgements does not matter. */
    synchronized void withLink(Consumer<WireConsumer> request) {
        if (link != null) {
            request.accept(link);
        }
    }

    /** The consumer gives back what is in flight; see {@link ConsumerLink#release}. */
    synchronized void released(int newEpoch, long seen, boolean all) {
        epoch = newEpoch;
        long from = all ? 0 : seen + 1;
        for (Range range : ranges) {
            // Of what is acknowledged the place may still be needed.
            places.remove(from, range.from - 1);
            from = Math.max(from, range.to + 1);
        }
        places.remove(from, places.next());
    }

    /** A transaction settles deliveries: what becomes of them is its business. */
    synchronized void leaveToTransaction(long from, long to) {
        places.remove(from, to);
    }

    /**
     * The consumer ends: it is not attached again, so that an acknowledgement whose connection is lost is lost with it.
     *
     * @param request that ends it, after all acknowledgements of before
     * @return the answer; null if there is no connection
     */
    @Nullable
    CompletableFuture<Void> end(Function<WireConsumer, CompletableFuture<Void>> request) {
        Afterwards afterwards = new Afterwards();
        CompletableFuture<Void> answer = null;
        synchronized (this) {
            // Together, so that a connection that comes back meanwhile comes before both or is refused.
            ended = true;
            if (link != null) {
                sendAll(afterwards);
                answer = request.apply(link);
            }
        }
        afterwards.run();
        if (answer == null) {
            fail(away());
        }
        return answer;
    }

    // ---- from the broker

    /** A message has come. */
    synchronized void delivered(int inEpoch, long sequence, int queueId, long offset) {
        places.put(sequence, inEpoch == epoch ? Places.place(queueId, offset) : Places.NONE);
    }

    /** The consumer is there for the first time. */
    void begin(WireConsumer attached, long itsSubscription) {
        Afterwards afterwards = new Afterwards();
        synchronized (this) {
            link = attached;
            subscription = itsSubscription;
            sendAll(afterwards);
        }
        afterwards.run();
    }

    /** The connection is lost; for a consumer that has ended there will be no other. */
    void lost() {
        boolean isOver;
        synchronized (this) {
            link = null;
            isOver = ended;
        }
        if (isOver) {
            fail(away());
        }
    }

    /**
     * There is a connection again: says again what was not answered. Answers false, and says nothing, if the consumer has ended meanwhile.
     *
     * @param resumed whether what was in flight is
     * @param seen the last delivery of the former connection that the application has seen
     */
    boolean resume(WireConsumer attached, boolean resumed, long itsSubscription, long seen) {
        Afterwards afterwards = new Afterwards();
        synchronized (this) {
            if (ended) {
                return false;
            }
            link = attached;
            JmsPlaces others = new JmsPlaces();
            if (resumed) {
                for (Range range : ranges) {
                    range.onItsWay = false;
                    range.closed = false;
                    range.messages = 0;
                    range.bytes = 0;
                }
            } else {
                doubt(seen, others, afterwards);
            }
            for (Doubt doubt : doubts) {
                doubt.attempts++;
                afterwards.whenAnswered(doubt, doubt.attempts, attached.settle(doubt.subscription, doubt.acknowledged));
            }
            if (subscription != 0 && !others.isEmpty()) {
                // Said once: over the next connection it may be true no longer.
                var unused = attached.settle(subscription, others);
            }
            subscription = itsSubscription;
            sendAll(afterwards);
        }
        afterwards.run();
        return true;
    }

    /** The broker knows nothing of what was in flight: goes over from sequence numbers to places. */
    private void doubt(long seen, JmsPlaces others, Afterwards afterwards) {
        Doubt doubt = new Doubt(subscription);
        for (Range range : ranges) {
            for (long sequence = range.from; sequence <= range.to; sequence++) {
                long place = places.get(sequence);
                if (place != Places.NONE) {
                    doubt.acknowledged.add(Fate.ACKNOWLEDGED, Places.queueId(place), Places.offset(place));
                }
            }
            doubt.answers.add(range.answer);
            places.remove(range.from, range.to);
        }
        ranges.clear();
        for (long sequence = places.first(); sequence < places.next(); sequence++) {
            long place = places.get(sequence);
            if (place != Places.NONE) {
                others.add(sequence > seen ? Fate.UNSEEN : Fate.SEEN, Places.queueId(place), Places.offset(place));
            }
        }
        places.clear();
        epoch = 0;
        if (subscription != 0 && !doubt.acknowledged.isEmpty()) {
            doubts.add(doubt);
        } else {
            doubt.answers.forEach(answer -> afterwards.complete(answer, null));
        }
    }

    /** There will be no connection any more. */
    void fail(ClientException why) {
        Afterwards afterwards = new Afterwards();
        synchronized (this) {
            failure = why;
            link = null;
            ranges.forEach(range -> afterwards.complete(range.answer, why));
            doubts.forEach(doubt -> doubt.answers.forEach(answer -> afterwards.complete(answer, why)));
            ranges.clear();
            doubts.clear();
        }
        afterwards.run();
    }

    // ---- under the lock

    /** Sends the oldest that waits, unless one is on its way. */
    private void sendNext(Afterwards afterwards) {
        Range first = ranges.peekFirst();
        if (first != null && !first.onItsWay) {
            send(first, afterwards);
        }
    }

    private void sendAll(Afterwards afterwards) {
        for (Range range : ranges) {
            if (!range.onItsWay) {
                send(range, afterwards);
            }
            range.closed = true;
        }
    }

    private void send(Range range, Afterwards afterwards) {
        if (link == null) {
            return;
        }
        range.onItsWay = true;
        int attempt = ++range.attempts;
        afterwards.whenAnswered(range, attempt, link.acknowledge(() -> written(range, attempt)));
    }

    /** The event loop writes it now, or there was no loop to wait for. */
    private synchronized WireConsumer.Acknowledgement written(Range range, int attempt) {
        // What an attempt of before says goes nowhere.
        range.closed |= attempt == range.attempts;
        return new WireConsumer.Acknowledgement(
                range.from, range.to, range.epoch, range.messages, range.bytes, range.durable);
    }

    // ---- answers

    private void answered(Range range, int attempt, @Nullable Throwable failed) {
        ClientException why = failed == null ? null : ClientException.of(failed);
        Afterwards afterwards = new Afterwards();
        synchronized (this) {
            if (attempt != range.attempts || !ranges.contains(range)) {
                return;
            }
            if (why != null && why.isConnectionFailure() && !ended) {
                // Said again over the next connection.
                return;
            }
            var unused = ranges.remove(range);
            if (why == null) {
                places.remove(range.from, range.to);
            }
            afterwards.complete(range.answer, why);
            sendNext(afterwards);
        }
        afterwards.run();
    }

    private void answered(Doubt doubt, int attempt, @Nullable Throwable failed) {
        ClientException why = failed == null ? null : ClientException.of(failed);
        Afterwards afterwards = new Afterwards();
        synchronized (this) {
            if (attempt != doubt.attempts || (why != null && why.isConnectionFailure() && !ended)) {
                return;
            }
            if (doubts.remove(doubt)) {
                doubt.answers.forEach(answer -> afterwards.complete(answer, why));
            }
        }
        afterwards.run();
    }

    private static ClientException away() {
        return new ClientException(Reason.CONNECTION_LOST, "the connection to the broker was lost");
    }
}
