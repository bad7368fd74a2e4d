// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

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
 * <p>While it is lost there is nothing that could be acknowledged or given back: the broker has everything already. The sink is told of a loss
 * before a new connection is used, so that what it asks for afterwards cannot mean something of before. Any thread; sinks are not called
 * under the lock.
 */
final class Attachment implements ConsumerLink, DeliverySink {

    private final BrokerPath path;
    private final Route.Home home;
    private final ConsumerSpec spec;
    private final DeliverySink sink;

    // Guarded by this; links are only replaced, and used outside of it.
    private @Nullable ConsumerLink current;
    private boolean ended;
    private int lossCount;
    private long lostAtNanos;

    Attachment(BrokerPath path, Route.Home home, ConsumerSpec spec, DeliverySink sink) {
        this.path = path;
        this.home = home;
        this.spec = spec;
        this.sink = sink;
    }

    Route.Home home() {
        return home;
    }

    ConsumerSpec spec() {
        return spec;
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

    /** The consumer is there for the first time, unless it was lost since {@code losses} were counted; then it comes again. */
    synchronized ConsumerLink begin(ConsumerLink attached, int losses) {
        if (losses == lossCount) {
            current = attached;
        }
        return this;
    }

    /** The consumer is there again. */
    void resume(ConsumerLink attached) {
        boolean wanted;
        synchronized (this) {
            wanted = !ended;
            if (wanted) {
                current = attached;
            }
        }
        if (wanted) {
            sink.restarted();
        } else {
            var unused = attached.detach(0, true);
        }
    }

    /** The consumer over its present connection, null while there is none. */
    synchronized @Nullable ConsumerLink current() {
        return current;
    }

    // ---- from the broker

    @Override
    public void delivered(int epoch, long sequence, int deliveryCount, ByteBuffer records, int at, int bytes) {
        sink.delivered(epoch, sequence, deliveryCount, records, at, bytes);
    }

    @Override
    public void lost() {
        synchronized (this) {
            current = null;
            lossCount++;
            if (ended) {
                return;
            }
            lostAtNanos = path.nanoTime();
        }
        sink.lost();
        path.lost(this);
    }

    /** Never called: a wire does not attach by itself. */
    @Override
    public void restarted() {
        throw new IllegalStateException("a wire has no memory");
    }

    // ---- to the broker

    @Override
    public void credit(int epoch, int messages, int bytes) {
        ConsumerLink link = current();
        if (link != null) {
            link.credit(epoch, messages, bytes);
        }
    }

    @Override
    public CompletableFuture<Void> acknowledge(
            long from, long to, int epoch, int messages, int bytes, boolean durable) {
        ConsumerLink link = current();
        return link == null ? away() : link.acknowledge(from, to, epoch, messages, bytes, durable);
    }

    @Override
    public void acknowledgeLater(long from, long to, int epoch, int messages, int bytes) {
        ConsumerLink link = current();
        if (link != null) {
            link.acknowledgeLater(from, to, epoch, messages, bytes);
        }
    }

    @Override
    public CompletableFuture<Void> release(int epoch, long seen, boolean all, int messages, int bytes) {
        ConsumerLink link = current();
        return link == null ? away() : link.release(epoch, seen, all, messages, bytes);
    }

    @Override
    public CompletableFuture<Void> probe(int epoch, int messages, int bytes, boolean drain) {
        ConsumerLink link = current();
        return link == null ? away() : link.probe(epoch, messages, bytes, drain);
    }

    @Override
    public CompletableFuture<Void> detach(long seen, boolean all) {
        ConsumerLink link;
        synchronized (this) {
            ended = true;
            link = current;
        }
        // Without a connection there is nothing to end, and nothing to give back.
        return link == null ? CompletableFuture.completedFuture(null) : link.detach(seen, all);
    }

    private static CompletableFuture<Void> away() {
        return CompletableFuture.failedFuture(
                new ClientException(Reason.CONNECTION_LOST, "the connection to the broker was lost"));
    }
}
