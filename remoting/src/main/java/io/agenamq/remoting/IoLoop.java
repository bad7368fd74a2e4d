// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.HeaderEncoder;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of one event loop share: the header encoder, the outbox that other threads write to, the list of connections to
 * flush, and one tick per second that looks for silence. Event loop only, except {@link #send}.
 */
final class IoLoop {

    private static final Logger LOG = LoggerFactory.getLogger(IoLoop.class);
    private static final long TICK_MILLIS = 1000;

    /** So many frames of the outbox are written before the loop turns to its sockets again. */
    private static final int DRAIN_COUNT_MAX = 1024;

    final EventLoop loop;
    final HeaderEncoder encoder = new HeaderEncoder();
    final List<ByteBuffer> parts = new ArrayList<>();

    private final Queue<Outgoing> outbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private final List<TcpConnection> dirty = new ArrayList<>();
    private boolean flushScheduled;

    /** Connections that were read from and whose bursts have not ended. */
    private final List<TcpConnection> bursts = new ArrayList<>();

    private final Set<TcpConnection> connections = new LinkedHashSet<>();
    private int silentClosedCount;
    private @Nullable TcpConnection silentExample;
    private int refusedCount;
    private @Nullable SocketAddress refusedExample;
    private int connectionCountMax;

    IoLoop(EventLoop loop) {
        this.loop = loop;
    }

    /** Starts the tick; it ends with the loop. */
    void start() {
        var unused = loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void add(TcpConnection connection) {
        connections.add(connection);
    }

    void remove(TcpConnection connection) {
        connections.remove(connection);
    }

    /** Queues a frame from another thread; many of them share one wake-up. */
    void send(Outgoing outgoing) {
        outbox.add(outgoing);
        scheduleDrain();
    }

    /** Whether everything that other threads wrote before has left the outbox. */
    boolean isOutboxEmpty() {
        return outbox.isEmpty();
    }

    private void scheduleDrain() {
        if (!drainScheduled.get() && drainScheduled.compareAndSet(false, true)) {
            try {
                loop.execute(this::drain);
            } catch (RuntimeException stopped) {
                // The loop takes no more tasks: its connections are gone, nothing will ever be written.
                drainDropping();
            }
        }
    }

    private void drain() {
        // Cleared first: whoever adds from here on schedules another drain, so nothing is left behind.
        drainScheduled.set(false);
        for (int i = 0; i < DRAIN_COUNT_MAX; i++) {
            Outgoing outgoing = outbox.poll();
            if (outgoing == null) {
                break;
            }
            outgoing.connection().write(outgoing);
        }
        if (!outbox.isEmpty()) {
            scheduleDrain();
        }
        flushDirty();
    }

    private void drainDropping() {
        for (Outgoing outgoing = outbox.poll(); outgoing != null; outgoing = outbox.poll()) {
            outgoing.drop();
        }
    }

    /** Notes that a connection has unflushed bytes outside of a burst; they go out when the loop's present task is done. */
    void flushLater(TcpConnection connection) {
        dirty.add(connection);
        if (!flushScheduled) {
            flushScheduled = true;
            loop.execute(this::flushDirty);
        }
    }

    /**
     * Ends the burst of a connection when everything was read that is ready on any socket of this loop: what came from several connections at once
     * is appended, decided and answered together.
     */
    void endBurstLater(TcpConnection connection) {
        bursts.add(connection);
        if (bursts.size() == 1) {
            loop.execute(this::endBursts);
        }
    }

    private void endBursts() {
        for (int i = 0; i < bursts.size(); i++) {
            bursts.get(i).endBurst();
        }
        // Only now: the end of one burst may have written to the connections of others.
        for (int i = 0; i < bursts.size(); i++) {
            bursts.get(i).flushNow();
        }
        bursts.clear();
    }

    private void flushDirty() {
        flushScheduled = false;
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).flushNow();
        }
        dirty.clear();
    }

    /** Counts a connection that is closed for never having said anything; a flood of them makes one log line per tick. */
    void closedSilent(TcpConnection connection) {
        silentClosedCount++;
        silentExample = connection;
    }

    /** Counts a connection that is one too many; a flood of them makes one log line per tick. */
    void refused(SocketAddress peer, int countMax) {
        refusedCount++;
        refusedExample = peer;
        connectionCountMax = countMax;
    }

    private void tick() {
        long now = System.nanoTime();
        for (TcpConnection connection : connections.toArray(new TcpConnection[0])) {
            connection.tick(now);
        }
        TcpConnection example = silentExample;
        if (example != null) {
            LOG.info(
                    "closed {} connection(s) that said nothing after connecting, one of them from {}",
                    silentClosedCount,
                    example.remoteAddress());
            silentClosedCount = 0;
            silentExample = null;
        }
        SocketAddress refused = refusedExample;
        if (refused != null) {
            LOG.warn(
                    "refused {} connection(s), one of them from {}: there were {} already",
                    refusedCount,
                    refused,
                    connectionCountMax);
            refusedCount = 0;
            refusedExample = null;
        }
    }
}
