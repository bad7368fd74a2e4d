// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.remoting.Request;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.AppendRefusedException.Reason;
import io.agenamq.store.log.CommitLog;
import io.agenamq.store.log.MessageBatch;
import io.agenamq.store.log.PositionWaiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sends of one event loop on their way into the log. What is read at once, from whichever of its sockets, is collected in one batch and appended at once, when
 * the burst ends, so that ten small messages cost one write; then the answers go out, at once, or when the disk has the batch.
 *
 * <pre>
 *   handle  handle  handle  burstEnded                      flusher: durable       loop again
 *     add ──► add ──► add ──► append ──┬─ asynchronous: reply
 *                                      └─ synchronous: wait ────────► completed ──► reply (one task for all that became durable)
 * </pre>
 *
 * <p>All methods run on the event loop, but {@link Unflushed#durable} and {@link Unflushed#failed}, which the flusher calls and which only
 * put the burst into a queue. A burst that the log cannot take is refused as a whole, with the log's reason: none of its messages is stored.
 * But if it is refused for the sake of one message, whose topic was deleted after it had been checked, its sends are appended one by one.
 */
final class SendBurst {

    /** A batch is appended before the burst ends rather than become longer than this; it would save nothing. */
    private static final int BATCH_BYTES_SOFT_MAX = 1024 * 1024;

    /** The same for its messages; one send may have more (a producer's own batch), but then it is alone in its batch. */
    private static final int BATCH_COUNT_SOFT_MAX = 1024;

    /** Most messages of one send: the log's bound for a batch. */
    static final int SEND_COUNT_MAX = 0xFFFF;

    /**
     * Sends of one loop that may wait for the disk, those included whose producers were told that it takes too long; beyond, the disk is too slow
     * and producers must be told.
     */
    static final int UNFLUSHED_SENDS_MAX = 100_000;

    /** What a send that waits takes beside its message ids: the objects of request and answer, counted. The request's header is forgotten. */
    private static final int WAITING_SEND_BYTES = 256;

    /** A message id in an answer, as text. */
    private static final int MESSAGE_ID_BYTES = 40;

    private final CommitLog log;
    private final Executor loop;
    private final LongSupplier nanoClock;
    private final long flushTimeoutNanos;
    private final MessageBatch batch;
    private final MessageProperties.Builder properties = new MessageProperties.Builder();
    private final List<Send> sends = new ArrayList<>();

    /** In log order: what was appended and is not answered because the disk has not confirmed it. */
    private final ArrayDeque<Unflushed> unflushed = new ArrayDeque<>();

    private int unflushedSends;
    private final UnflushedBudget budget;

    /** Whether {@link #unflushed} holds anything: written by the loop, read by the timer. */
    private volatile boolean waiting;

    /** Bursts that the flusher is done with; the only field that another thread touches, with the flag that says a task is on its way. */
    private final Queue<Unflushed> confirmed = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean drainScheduled = new AtomicBoolean();

    private final Throughput throughput;

    SendBurst(
            CommitLog log,
            Executor loop,
            LongSupplier nanoClock,
            Duration flushTimeout,
            Throughput throughput,
            UnflushedBudget budget) {
        this.log = log;
        this.budget = budget;
        this.throughput = throughput;
        this.loop = loop;
        this.nanoClock = nanoClock;
        this.flushTimeoutNanos = flushTimeout.toNanos();
        this.batch = log.newBatch();
    }

    /** Makes the answer to a send from where its first message was stored. */
    @FunctionalInterface
    interface Answer {
        Header of(MessageBatch batch, int firstIndex, int count);
    }

    /** For building properties without allocation; valid until the next message is added. */
    MessageProperties.Builder properties() {
        return properties;
    }

    /** Whether another send may wait for the disk. */
    boolean mayWaitForFlush() {
        return unflushedSends < UNFLUSHED_SENDS_MAX && !budget.isUsedUp();
    }

    /**
     * Makes sure that the next send stays in one batch: appends what is there if it would become too much. To be called before the first
     * {@link #add} of each send.
     *
     * @param count messages of the send, at most {@link #SEND_COUNT_MAX}
     * @param bytes an upper bound of what they take in the log, at most what a batch can hold
     */
    void makeRoom(int count, long bytes) {
        if (batch.bytes() + bytes > BATCH_BYTES_SOFT_MAX || batch.count() + count > BATCH_COUNT_SOFT_MAX) {
            end();
        }
    }

    /** Adds one message of the send that {@link #added} will close; its buffers are copied. */
    void add(MessageDraft draft) {
        if (batch.add(draft) == MessageBatch.FULL) {
            throw new IllegalStateException("a send must make room before it adds messages");
        }
    }

    /** Takes the messages of a send back that will not be {@link #added}: nothing of it may be stored with the sends of others. */
    void takeBack(int firstIndex) {
        batch.truncate(firstIndex);
    }

    /** Index that the next message will have in the batch. */
    int nextIndex() {
        return batch.count();
    }

    /**
     * All messages of one send, from {@code firstIndex}, are in the batch.
     *
     * @param departure when the answer may leave once the message is stored
     */
    void added(Request request, int firstIndex, boolean waitsForFlush, Departure departure, Answer answer) {
        added(request, firstIndex, waitsForFlush, departure, ResponseCode.SUCCESS, null, answer);
    }

    /** The same for a send that is stored but whose answer is not a success for another reason. */
    void added(
            Request request,
            int firstIndex,
            boolean waitsForFlush,
            Departure departure,
            int code,
            @Nullable String remark,
            Answer answer) {
        sends.add(new Send(
                request, firstIndex, batch.count() - firstIndex, waitsForFlush, departure, code, remark, answer));
    }

    /** How the answer to a send leaves: at once, or when something else has happened as well. */
    @FunctionalInterface
    interface Departure {
        Departure AT_ONCE = Runnable::run;

        /** Runs {@code sendAnswer}, once, now or later, on any thread. */
        void when(Runnable sendAnswer);
    }

    /** The burst is over: appends what was collected and answers what need not wait. */
    void end() {
        if (sends.isEmpty()) {
            return;
        }
        try {
            append(batch, sends);
        } catch (AppendRefusedException refused) {
            if (refused.reason() == Reason.UNKNOWN_QUEUE) {
                appendOneByOne();
            } else {
                refuse(sends, ResponseCode.SERVICE_NOT_AVAILABLE, refused);
            }
        } finally {
            sends.clear();
            batch.clear();
        }
    }

    private void append(MessageBatch of, List<Send> senders) throws AppendRefusedException {
        log.append(of);
        throughput.messagesIn.add(of.count());
        throughput.bytesIn.add(of.bytes());
        answer(of, senders);
    }

    /** The burst has a send to a queue that is no more: that one is refused, and the others must not suffer for it. */
    private void appendOneByOne() {
        MessageBatch single = log.newBatch();
        for (Send send : sends) {
            single.copyFrom(batch, send.firstIndex, send.count);
            List<Send> alone = List.of(send.inBatchOfItsOwn());
            try {
                append(single, alone);
            } catch (AppendRefusedException refused) {
                refuse(
                        alone,
                        refused.reason() == Reason.UNKNOWN_QUEUE
                                ? ResponseCode.TOPIC_NOT_EXIST
                                : ResponseCode.SERVICE_NOT_AVAILABLE,
                        refused);
            }
        }
    }

    private static void refuse(List<Send> senders, int code, AppendRefusedException refused) {
        for (Send send : senders) {
            send.request.refuse(code, String.valueOf(refused.getMessage()));
        }
    }

    private void answer(MessageBatch of, List<Send> senders) {
        List<Answered> unanswered = null;
        long bytes = 0;
        for (Send send : senders) {
            Header header = send.answer.of(of, send.firstIndex, send.count);
            if (send.waitsForFlush) {
                if (unanswered == null) {
                    unanswered = new ArrayList<>(senders.size());
                }
                unanswered.add(new Answered(send.request, send.departure, header));
                send.request.forgetContent();
                bytes += WAITING_SEND_BYTES + (long) MESSAGE_ID_BYTES * send.count;
            } else {
                leave(send.departure, send.request, send.code, send.remark, header);
            }
        }
        if (unanswered != null) {
            Unflushed group = new Unflushed(unanswered, bytes, nanoClock.getAsLong() + flushTimeoutNanos);
            unflushed.add(group);
            waiting = true;
            unflushedSends += unanswered.size();
            budget.take(bytes);
            log.whenDurable(of.endPosition(), group);
        }
    }

    private static void leave(Departure departure, Request request, int code, @Nullable String remark, Header header) {
        if (departure == Departure.AT_ONCE) {
            request.reply(code, remark, header, Body.EMPTY);
        } else {
            departure.when(() -> request.reply(code, remark, header, Body.EMPTY));
        }
    }

    /** Answers what has waited too long for the disk: stored, but not known to be flushed. Called on the loop, by the broker's timer. */
    void answerLate() {
        long now = nanoClock.getAsLong();
        for (Unflushed group : unflushed) {
            if (group.deadlineNanos - now > 0) {
                break;
            }
            group.answer(ResponseCode.FLUSH_DISK_TIMEOUT, null);
        }
    }

    /** Whether anything waits for the disk, so that the timer need not wake an idle loop. Any thread may ask. */
    boolean isWaiting() {
        return waiting;
    }

    private void drain() {
        drainScheduled.set(false);
        for (Unflushed group = confirmed.poll(); group != null; group = confirmed.poll()) {
            group.done = true;
            String failure = group.failure;
            if (failure == null) {
                group.answer(ResponseCode.SUCCESS, null);
            } else {
                group.answer(ResponseCode.SERVICE_NOT_AVAILABLE, failure);
            }
        }
        // What was answered late still waits in the flusher: as long as the disk stands still, the bound must hold.
        while (!unflushed.isEmpty() && unflushed.peek().done) {
            unflushedSends -= unflushed.poll().sendCount;
        }
        waiting = !unflushed.isEmpty();
    }

    private record Send(
            Request request,
            int firstIndex,
            int count,
            boolean waitsForFlush,
            Departure departure,
            int code,
            @Nullable String remark,
            Answer answer) {

        private Send inBatchOfItsOwn() {
            return new Send(request, 0, count, waitsForFlush, departure, code, remark, answer);
        }
    }

    private record Answered(Request request, Departure departure, Header header) {}

    /** The part of a burst that waits for the disk. */
    private final class Unflushed implements PositionWaiter {

        private final int sendCount;
        private final long deadlineNanos;
        /** Emptied by the answer. */
        private List<Answered> sends;
        /** Memory of these sends, 0 after the answer. */
        private long bytes;
        /** The flusher has said what became of it. */
        private boolean done;

        private volatile @Nullable String failure;

        private Unflushed(List<Answered> sends, long bytes, long deadlineNanos) {
            this.sends = sends;
            this.bytes = bytes;
            this.sendCount = sends.size();
            this.deadlineNanos = deadlineNanos;
        }

        @Override
        public void durable(long durablePosition) {
            handOver();
        }

        @Override
        public void failed(String reason) {
            failure = reason;
            handOver();
        }

        private void handOver() {
            confirmed.add(this);
            if (drainScheduled.compareAndSet(false, true)) {
                BrokerConnections.runOn(loop, SendBurst.this::drain);
            }
        }

        private void answer(int code, @Nullable String remark) {
            for (Answered send : sends) {
                leave(send.departure, send.request, code, remark, send.header);
            }
            sends = List.of();
            budget.giveBack(bytes);
            bytes = 0;
        }
    }
}
