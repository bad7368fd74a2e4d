// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.remoting.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets a destination that hands each message to many consumers work in rounds. A round costs a frame, its way through the network and an acknowledgement for
 * every consumer, however many messages it has. So the next one does not begin before the frames of the last one have been given to the network, nor
 * before it would take more than about its share of a processor; what is published meanwhile goes with it, in one frame for each consumer.
 *
 * <pre>
 *   publisher      1   2 3  4        5 6 7 8 9
 *   owner        1 ├────────╌╌╌╌┤2 3 4├────────╌╌╌╌┤5 6 7 8 9
 *                   written  pause
 * </pre>
 *
 * <p>The faster messages come, the more of them share a round; one that comes alone leaves at once. Owned by the destination, but what event loops call.
 */
final class Rounds {

    /** A turn that sends to fewer consumers is no round: they cost little, and the event loop that got the message serves them itself. */
    static final int CONSUMERS_MIN = 4;

    /**
     * What a round costs for each consumer, on both sides of the network and in the kernel: measured with 1 KiB messages, 60 to 75 us. Without a pause the
     * event loops were busy with rounds of one message, and publishers waited for them.
     */
    private static final int PAUSE_MICROS_PER_CONSUMER = 100;

    /** Nobody waits longer for the next round to begin. */
    private static final int PAUSE_MILLIS_MAX = 10;

    private final Runnable onEnd;
    private final List<Executor> loops = new ArrayList<>();
    private int consumerCount;
    private long pausedUntil;
    private int pauseMillis;

    /** Event loops that have not written their part of the round. */
    private final AtomicInteger unwritten = new AtomicInteger();

    /** Whether something waits for the end of the round. */
    private volatile boolean awaited;

    /**
     * No round under way.
     *
     * @param onEnd told when a round is over that somebody {@linkplain #await waits} for; on an event loop
     */
    Rounds(Runnable onEnd) {
        this.onEnd = onEnd;
    }

    /** Whether frames of the last round are still to be written. */
    boolean isUnderWay() {
        return unwritten.get() > 0;
    }

    /**
     * Asks to be told of the end of the round.
     *
     * @return false if it is over already, and then nobody is told
     */
    boolean await() {
        awaited = true;
        if (isUnderWay()) {
            return true;
        }
        awaited = false;
        return false;
    }

    /** A consumer of this connection was sent something in this turn. */
    void sentTo(Connection connection) {
        consumerCount++;
        Executor loop = connection.executor();
        if (!loops.contains(loop)) {
            loops.add(loop);
        }
    }

    /**
     * Until when the next round has to wait, milliseconds since 1970; in the past if it need not.
     *
     * @param now as of this turn
     */
    long pausedUntil(long now) {
        // A clock that was set back is no reason to wait.
        return pausedUntil - now > pauseMillis ? 0 : pausedUntil;
    }

    /**
     * The turn that began at {@code now} has sent everything that it had.
     *
     * @param sameToAll whether each message is for many; where each is for one, as in a queue, nothing is saved by waiting for more
     */
    void turnEnded(long now, boolean sameToAll) {
        if (sameToAll && consumerCount >= CONSUMERS_MIN) {
            pauseMillis = Math.min(PAUSE_MILLIS_MAX, consumerCount * PAUSE_MICROS_PER_CONSUMER / 1000);
            pausedUntil = now + pauseMillis;
            unwritten.set(loops.size());
            for (Executor loop : loops) {
                try {
                    // Behind the frames: an event loop does its tasks in order.
                    loop.execute(this::written);
                } catch (RejectedExecutionException ended) {
                    // Its connections have ended with it.
                    written();
                }
            }
        }
        consumerCount = 0;
        loops.clear();
    }

    private void written() {
        if (unwritten.decrementAndGet() == 0 && awaited) {
            awaited = false;
            onEnd.run();
        }
    }
}
