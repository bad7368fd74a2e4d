// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.store.disk.SimulatedCrash;
import io.agenamq.store.disk.SimulatedDisk;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The promise of the log under crashes: nothing acknowledged is lost, nothing is partial, nothing doubled, order holds. */
class CommitLogCrashTest {

    private static final int SURVIVALS = 12;

    @Test
    void every_crash_point_of_a_short_history_keeps_the_promise() {
        Seeds.forEach(3, random -> everyCrashPoint(random.nextLong(), 25));
    }

    @Test
    @Tag("long")
    void every_crash_point_of_many_short_histories_keeps_the_promise() {
        Seeds.forEach(300, random -> everyCrashPoint(random.nextLong(), 60));
    }

    @Test
    void crashes_at_any_time_of_a_long_history_keep_the_promise() {
        Seeds.forEach(60, random -> longHistory(random, 300));
    }

    @Test
    @Tag("long")
    void crashes_at_any_time_of_many_long_histories_keep_the_promise() {
        Seeds.forEach(10_000, random -> longHistory(random, 600));
    }

    @Test
    void crashes_during_recovery_keep_the_promise() {
        Seeds.forEach(40, random -> crashDuringRecovery(random));
    }

    /** Runs the same history again and again, and stops it during its first, second, … operation, with different luck each time. */
    private static void everyCrashPoint(long seed, int steps) {
        SimulatedDisk whole = new SimulatedDisk();
        run(whole, seed, steps);
        long operations = whole.operations();
        assertThat(operations).isGreaterThan(steps);
        for (long at = 1; at <= operations; at++) {
            for (int survival = 0; survival < SURVIVALS; survival++) {
                SimulatedDisk disk = new SimulatedDisk();
                disk.crashAt(at);
                LogHistory history = run(disk, seed, steps);
                Random luck = new Random(seed + survival);
                try {
                    if (history == null) {
                        // Stopped while the log was being made: there is nothing to find, but it must start.
                        restart(disk, survival, luck);
                        history = new LogHistory(disk);
                    } else {
                        restart(disk, survival, luck);
                        history.recover();
                    }
                    history.append("after the crash");
                    history.flush();
                    history.checkReads();
                    disk.restartLosingAll();
                    history.recover();
                } catch (IOException | AppendRefusedException | AssertionError e) {
                    throw new AssertionError(
                            "crash at operation " + at + " of " + operations + ", survival " + survival + ", history "
                                    + seed + ": " + e.getMessage(),
                            e);
                }
            }
        }
    }

    private static void restart(SimulatedDisk disk, int survival, Random luck) {
        switch (survival) {
            case 0 -> disk.restartLosingAll();
            case 1 -> disk.restartKeepingAll();
            default -> disk.restart(luck);
        }
    }

    /** A history up to its end or a crash; null if the log could not even be made. */
    private static LogHistory run(SimulatedDisk disk, long seed, int steps) {
        Random random = new Random(seed);
        LogHistory history = null;
        try {
            history = new LogHistory(disk);
            for (int i = 0; i < steps; i++) {
                history.step(random);
            }
            return history;
        } catch (SimulatedCrash crash) {
            return history;
        } catch (IOException | AppendRefusedException e) {
            throw new AssertionError(e);
        }
    }

    private static void longHistory(Random random, int steps) {
        SimulatedDisk disk = new SimulatedDisk();
        if (random.nextBoolean()) {
            disk.shortWrites(new Random(random.nextLong()));
        }
        try {
            LogHistory history = new LogHistory(disk);
            for (int i = 0; i < steps; i++) {
                if (random.nextInt(15) == 0) {
                    disk.crashAt(disk.operations() + 1 + random.nextInt(12));
                }
                if (random.nextInt(60) == 0) {
                    disk.failForces(1);
                }
                if (random.nextInt(60) == 0) {
                    disk.failWrites(1);
                }
                try {
                    history.step(random);
                } catch (SimulatedCrash crash) {
                    recover(history, disk, random);
                } catch (AppendRefusedException | IOException refused) {
                    recoverFromFailure(history, disk, random);
                }
                if (history.log().state().kind() == LogState.Kind.FAILED) {
                    recoverFromFailure(history, disk, random);
                }
            }
            history.checkReads();
        } catch (IOException e) {
            throw LogHistory.unchecked(e);
        }
    }

    /** After a failed write or force this process is of no use any more; the next one must find what was acknowledged. */
    private static void recoverFromFailure(LogHistory history, SimulatedDisk disk, Random random) throws IOException {
        assertThat(history.log().state().kind()).isIn(LogState.Kind.FAILED, LogState.Kind.CLOSED);
        disk.crash();
        recover(history, disk, random);
    }

    private static void recover(LogHistory history, SimulatedDisk disk, Random random) throws IOException {
        restart(disk, random.nextInt(5), random);
        history.recover();
        history.checkReads();
    }

    private static void crashDuringRecovery(Random random) {
        SimulatedDisk disk = new SimulatedDisk();
        try {
            LogHistory history = new LogHistory(disk);
            for (int round = 0; round < 30; round++) {
                for (int i = random.nextInt(30); i > 0; i--) {
                    history.step(random);
                }
                disk.crash();
                boolean recovered = false;
                // Recovery gets further each time, whatever it needs.
                for (int attempt = 1; !recovered; attempt++) {
                    restart(disk, random.nextInt(5), random);
                    disk.crashAt(disk.operations() + 1 + random.nextInt(8 * attempt));
                    try {
                        history.recover();
                        recovered = true;
                    } catch (SimulatedCrash again) {
                        assertThat(disk.isCrashed()).isTrue();
                    }
                }
                disk.crashAt(Long.MAX_VALUE);
            }
        } catch (IOException e) {
            throw LogHistory.unchecked(e);
        } catch (AppendRefusedException e) {
            throw new AssertionError(e);
        }
    }
}
