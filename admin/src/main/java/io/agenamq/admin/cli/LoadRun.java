// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Sends with several threads for a while and measures every send.
 *
 * <p><b>At a fixed rate</b> each message has an intended time, and its latency runs from there, not from when the thread came round to it: a
 * server that stalls for a second makes every message that was due in that second late, as it does for the users behind them. Measuring
 * from the call instead would count the stall once ("coordinated omission", Gil Tene).
 *
 * <pre>
 * intended   0    1    2    3    4    5    6 ms          period 1 ms, one producer
 * sent       0    1    2 ········· 6 6 6 6               the server stalls in the third call
 * latency    .3   .3   4.3            3.6 2.9 2.2 1.5    not .3 four times
 * </pre>
 *
 * <p><b>Without a rate</b> every thread sends as soon as the last answer came; the latency is then that of one call, and says nothing about
 * what users wait.
 */
final class LoadRun {
    /** Sends one message and returns when it is answered; used by one thread. */
    interface Sender extends AutoCloseable {
        /** @param intendedNanos the {@link System#nanoTime} the message was due; travels with it */
        void send(long intendedNanos);

        @Override
        void close();
    }

    /** Makes the sender of one producer thread, on that thread. */
    @FunctionalInterface
    interface SenderFactory {
        Sender open();
    }

    /**
     * What the producers measured.
     *
     * @param latencies of the measured messages, in nanoseconds
     * @param seconds from the first measured message to the last answer
     * @param gaveUp whether the schedule was given up because the answers came too slowly
     */
    record Outcome(Histogram latencies, double seconds, boolean gaveUp) {}

    /** Digits that a histogram keeps of a latency. */
    static final int SIGNIFICANT_DIGITS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final int producers;
    private final double perSecond;
    private final long warmUpEndNanos;
    private final long startNanos;
    private final long endNanos;
    private final long giveUpNanos;
    private final AtomicBoolean gaveUp = new AtomicBoolean();

    /**
     * A run that begins now.
     *
     * @param perSecond messages of all producers together, or 0 for as many as they can
     * @param warmUp sent but not measured
     */
    LoadRun(int producers, double perSecond, Duration warmUp, Duration duration) {
        this(producers, perSecond, warmUp, duration, PATIENCE);
    }

    /** @param patience how long after the end of its schedule a producer may go on to catch up with it */
    LoadRun(int producers, double perSecond, Duration warmUp, Duration duration, Duration patience) {
        this.producers = producers;
        this.perSecond = perSecond;
        this.startNanos = System.nanoTime();
        this.warmUpEndNanos = startNanos + warmUp.toNanos();
        this.endNanos = warmUpEndNanos + duration.toNanos();
        this.giveUpNanos = endNanos + patience.toNanos();
    }

    /** Whether a message that was due then is measured. */
    boolean isMeasured(long intendedNanos) {
        return intendedNanos >= warmUpEndNanos && intendedNanos < endNanos;
    }

    /** Sends until the time is up. */
    Outcome send(SenderFactory senders) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(producers, task -> {
            Thread thread = new Thread(task, "agena-perf-producer-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Callable<Histogram>> shares = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                int index = i;
                shares.add(() -> sendShare(senders, index));
            }
            Histogram all = new Histogram(SIGNIFICANT_DIGITS);
            for (Future<Histogram> share : threads.invokeAll(shares)) {
                all.add(share.get());
            }
            double seconds = (Math.max(System.nanoTime(), endNanos) - warmUpEndNanos) / 1e9;
            return new Outcome(all, seconds, gaveUp.get());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof CliFailure failure
                    ? failure
                    : new CliFailure("a send failed: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private Histogram sendShare(SenderFactory senders, int index) throws InterruptedException {
        Histogram latencies = new Histogram(SIGNIFICANT_DIGITS);
        double periodNanos = perSecond == 0 ? 0 : 1e9 / perSecond;
        try (Sender sender = senders.open()) {
            for (long n = 0; ; n++) {
                long now = System.nanoTime();
                long intended = perSecond == 0 ? now : startNanos + (long) ((n * producers + index) * periodNanos);
                if (intended >= endNanos) {
                    return latencies;
                }
                if (now >= giveUpNanos) {
                    gaveUp.set(true);
                    return latencies;
                }
                waitUntil(intended);
                sender.send(intended);
                if (isMeasured(intended)) {
                    latencies.recordValue(Math.max(0, System.nanoTime() - intended));
                }
            }
        }
    }

    private static void waitUntil(long intendedNanos) throws InterruptedException {
        for (long left = intendedNanos - System.nanoTime(); left > 0; left = intendedNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
