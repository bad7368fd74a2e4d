// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsFailure;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.provider.client.ClientException.Reason;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One consumer at one broker for as long as its session wants it, over as many connections as that takes.
 *
 * <pre>
 *   attached ──lost──▶ lost ──attached──▶ attached …         detach, at any time ──▶ ended: not attached again
 * </pre>
 *
 * <p>The broker knows it by its number over all connections, and keeps for a while what it had in flight ({@code resumed}). While it is lost,
 * acknowledgements wait; everything else is decided when it is attached again. The sink is told of a loss before a new connection is used, so
 * that what it asks for afterwards cannot mean something of before. Any thread; sinks are not called under the lock.
 */
final class Attachment implements ConsumerLink, DeliverySink {

    private final BrokerPath path;
    private final Route.Home home;
    private final ConsumerSpec spec;
    private final int number;
    private final DeliverySink sink;
    private final Acknowledgements acknowledgements = new Acknowledgements();

    // Guarded by this.
    private boolean attached; // over the present connection
    private boolean ended;
    private int generation;
    private int lossCount;
    private long lostAtNanos;
    private long seenAtLoss;

    /**
     * A consumer that is not attached yet.
     *
     * @param number never used twice by this client
     */
    Attachment(BrokerPath path, Route.Home home, ConsumerSpec spec, int number, DeliverySink sink) {
        this.path = path;
        this.home = home;
        this.spec = spec;
        this.number = number;
        this.sink = sink;
    }

    Route.Home home() {
        return home;
    }

    ConsumerSpec spec() {
        return spec;
    }

    int number() {
        return number;
    }

    /** For the next attempt to attach it. */
    synchronized int nextGeneration() {
        return ++generation;
    }

    /** When the connection was lost. */
    synchronized long lostAtNanos() {
        return lostAtNanos;
    }

    synchronized boolean isEnded() {
        return ended;
    }

    /** How often a connection was lost. */
    synchronized int lossCount() {
        return lossCount;
    }

    /**
     * The consumer is there for the first time.
     *
     * @param losses that were counted before it was asked for
     * @throws ClientException if it was lost since: then it has to be attached anew
     */
    ConsumerLink begin(WireConsumer.Attached answer, int losses) {
        requireNotLostSince(losses);
        acknowledgements.begin(answer.consumer(), answer.subscription());
        return this;
    }

    /** The consumer is there again; see {@link #begin}. */
    void resume(WireConsumer.Attached answer, int losses) {
        requireNotLostSince(losses);
        long seen;
        synchronized (this) {
            seen = seenAtLoss;
        }
        if (acknowledgements.resume(answer.consumer(), answer.resumed(), answer.subscription(), seen)) {
            sink.restarted(answer.resumed());
        } else {
            var unused = answer.consumer().detach(answer.resumed() ? seen : 0, true);
        }
    }

    private synchronized void requireNotLostSince(int losses) {
        if (losses != lossCount) {
            throw new ClientException(
                    Reason.CONNECTION_LOST, "the connection was lost while the consumer was attached");
        }
        attached = true;
    }

    /** The consumer over its present connection, null while there is none. */
    @Nullable
    ConsumerLink current() {
        return acknowledgements.link();
    }

    /** What is asked of the broker next comes after all that was acknowledged. */
    void hurry() {
        acknowledgements.hurry();
    }

    /** A transaction settles deliveries. */
    void leaveToTransaction(long from, long to) {
        acknowledgements.leaveToTransaction(from, to);
    }

    /** It will not be attached again. */
    void fail(ClientException failure) {
        acknowledgements.fail(failure);
        sink.failed(failure);
    }

    // ---- from the broker

    @Override
    public void delivered(int epoch, long sequence, int deliveryCount, ByteBuffer records, int at, int bytes) {
        acknowledgements.delivered(
                epoch, sequence, MessageRecord.queueId(records, at), MessageRecord.queueOffset(records, at));
        sink.delivered(epoch, sequence, deliveryCount, records, at, bytes);
    }

    @Override
    public void together(Runnable deliveries) {
        sink.together(deliveries);
    }

    @Override
    public long lost() {
        acknowledgements.lost();
        boolean wanted;
        synchronized (this) {
            lossCount++;
            // Whoever is attaching it learns from that answer that he has to do it again; twice would be once too
            // often.
            wanted = attached && !ended;
            attached = false;
            if (wanted) {
                lostAtNanos = path.nanoTime();
            }
        }
        if (wanted) {
            try {
                long seen = sink.lost();
                synchronized (this) {
                    seenAtLoss = seen;
                }
            } finally {
                // Whatever became of that: nobody else would attach it again.
                path.lost(this);
            }
        }
        return 0;
    }

    /** Never called: a wire does not attach by itself. */
    @Override
    public void restarted(boolean resumed) {
        throw new IllegalStateException("a wire has no memory");
    }

    // ---- to the broker

    /** Not sent if it was lost: then the sink asks anew. */
    @Override
    public void credit(int epoch, int messages, int bytes) {
        acknowledgements.withLink(link -> link.credit(epoch, messages, bytes));
    }

    /** Completes when the broker has answered, over whatever connection; fails for want of one only if there will be none. */
    @Override
    public CompletableFuture<Void> acknowledge(
            long from, long to, int epoch, int messages, int bytes, boolean durable) {
        return acknowledgements.add(from, to, epoch, messages, bytes, durable);
    }

    @Override
    public CompletableFuture<Void> release(
            int epoch, long seen, boolean all, int messages, int bytes, @Nullable JmsFailure failure) {
        acknowledgements.released(epoch, seen, all);
        return orAway(acknowledgements.after(link -> link.release(epoch, seen, all, messages, bytes, failure)));
    }

    @Override
    public CompletableFuture<Void> probe(int epoch, int messages, int bytes, boolean drain) {
        return orAway(acknowledgements.after(link -> link.probe(epoch, messages, bytes, drain)));
    }

    @Override
    public CompletableFuture<Void> detach(long seen, boolean all) {
        synchronized (this) {
            ended = true;
            seenAtLoss = seen;
        }
        path.ended(this);
        CompletableFuture<Void> answer = acknowledgements.end(link -> link.detach(seen, all));
        // Without a connection there is nothing to end, and nothing to give back.
        return answer == null ? CompletableFuture.completedFuture(null) : answer;
    }

    private static CompletableFuture<Void> orAway(@Nullable CompletableFuture<Void> answer) {
        return answer != null
                ? answer
                : CompletableFuture.failedFuture(
                        new ClientException(Reason.CONNECTION_LOST, "the connection to the broker was lost"));
    }
}
