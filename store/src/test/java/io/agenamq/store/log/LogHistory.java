// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.store.disk.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A log on a simulated disk beside a list of what was appended to it. The list knows which of its batches were acknowledged as durable; after
 * every restart the log must hold the acknowledged ones, possibly followed by some of the others, in order, each as a whole and once.
 */
final class LogHistory {

    static final LogConfig CONFIG = LogConfig.defaults().withSegmentBytes(LogConfig.SEGMENT_BYTES_MIN);

    /** What was appended together. */
    private record Appended(List<String> texts, long endPosition) {}

    final SimulatedDisk disk;
    private final List<Appended> batches = new ArrayList<>();
    /** All batches that end here or before were acknowledged. */
    private long acknowledged;
    /** A retirement up to here was begun. */
    private long retiring;

    private int texts;
    private CommitLog log;
    private LogModel model;
    private MessageBatch batch;

    LogHistory(SimulatedDisk disk) throws IOException {
        this.disk = disk;
        open();
    }

    CommitLog log() {
        return log;
    }

    LogModel model() {
        return model;
    }

    /** One of everything that can be done with a log, chosen by {@code random}. */
    void step(Random random) throws IOException, AppendRefusedException {
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> flush();
            case 3, 4 -> log.housekeepOnce();
            case 5 -> retire(random);
            case 6 -> reopen();
            default -> append(random);
        }
    }

    /** Appends one batch of one to four records. */
    void append(Random random) throws AppendRefusedException {
        int count = 1 + random.nextInt(4);
        String[] added = new String[count];
        for (int i = 0; i < count; i++) {
            String filling = "x".repeat(random.nextInt(8) == 0 ? random.nextInt(800) : random.nextInt(40));
            added[i] = (random.nextInt(5) == 0 ? "!" : "") + "m" + texts++ + " " + filling;
        }
        append(added);
    }

    /** Appends one batch; texts behind a "!" are control records. Waits for nothing. */
    void append(String... added) throws AppendRefusedException {
        batch.clear();
        for (String text : added) {
            int result = text.startsWith("!")
                    ? batch.addControl(
                            ControlType.OFFSETS,
                            ByteBuffer.wrap(text.substring(1).getBytes(StandardCharsets.UTF_8)))
                    : batch.add(LogModel.draft("topic" + text.length() % 3, text.length() % 2, text));
            assertThat(result).isGreaterThanOrEqualTo(0);
        }
        // What is on its way is noted before it is there: a crash in the middle may let it survive.
        batches.add(new Appended(List.of(added), Long.MAX_VALUE));
        try {
            log.append(batch);
        } catch (AppendRefusedException e) {
            batches.remove(batches.size() - 1);
            throw e;
        }
        long end = batch.endPosition();
        batches.set(batches.size() - 1, new Appended(List.of(added), end));
        log.whenDurable(end, new PositionWaiter() {
            @Override
            public void durable(long durablePosition) {
                assertThat(durablePosition).isGreaterThanOrEqualTo(end);
                acknowledged = Math.max(acknowledged, end);
            }

            @Override
            public void failed(String reason) {
                assertThat(reason).isNotEmpty();
            }
        });
    }

    void flush() {
        log.flushOnce();
        assertThat(log.state().kind() != LogState.Kind.OPEN || log.durablePosition() == log.writtenPosition())
                .isTrue();
    }

    void retire(Random random) {
        long[] starts = log.segmentStarts();
        retiring = Math.max(retiring, starts[random.nextInt(starts.length)]);
        try {
            log.retire(retiring);
        } catch (IOException e) {
            // The mark could not be written, so nothing was deleted: retiring can be tried again.
            assertThat(log.minPosition()).isLessThan(retiring);
        }
    }

    /** Stops cleanly and starts again. */
    void reopen() throws IOException {
        log.close();
        disk.restartKeepingAll();
        long written = log.writtenPosition();
        open();
        assertThat(log.recovery().cleanStop()).isTrue();
        assertThat(log.recovery().cutBytes()).isZero();
        assertThat(log.writtenPosition()).isEqualTo(written);
        recovered();
    }

    /** Starts again after the disk was restarted, and checks what is there. */
    void recover() throws IOException {
        open();
        recovered();
    }

    private void open() throws IOException {
        log = CommitLog.open(CONFIG, disk, InstantSource.system(), (what, cause) -> {
            throw new AssertionError(what, cause);
        });
        assertThat(log.state().kind()).as(log.state().reason()).isEqualTo(LogState.Kind.RECOVERED);
        model = new LogModel();
        model.startAnywhere();
        assertThat(log.replay(log.minPosition(), model)).isEqualTo(log.writtenPosition());
        log.serve(model, model, appended -> {});
        batch = log.newBatch();
    }

    /** The log must be a prefix of the list that has all that was acknowledged, less what was retired. */
    private void recovered() {
        long min = log.minPosition();
        assertThat(min).isLessThanOrEqualTo(retiring);
        batches.removeIf(appended -> appended.endPosition <= min);
        int found = model.batchEnds.size();
        assertThat(found).isLessThanOrEqualTo(batches.size());
        for (Appended lost : batches.subList(found, batches.size())) {
            assertThat(lost.endPosition)
                    .as("end of a lost batch; acknowledged up to %s", acknowledged)
                    .isGreaterThan(acknowledged);
        }
        batches.subList(found, batches.size()).clear();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < found; i++) {
            Appended kept = batches.get(i);
            expected.addAll(kept.texts);
            // What had not returned when the machine stopped has its place now.
            assertThat(kept.endPosition).isIn(model.batchEnds.get(i), Long.MAX_VALUE);
            batches.set(i, new Appended(kept.texts, model.batchEnds.get(i)));
        }
        assertThat(model.applied).isEqualTo(expected);
        // Whoever has seen a recovered message must be able to rely on it.
        acknowledged = log.durablePosition();
        assertThat(acknowledged).isEqualTo(log.writtenPosition());
    }

    /** Everything that is listed can be read at its position. */
    void checkReads() {
        for (int i = 0; i < model.applied.size(); i++) {
            long position = model.positions.get(i);
            int size = model.sizes.get(i);
            if (size == 0) {
                continue;
            }
            RecordSlice slice = log.read(position, size);
            if (position < log.minPosition()) {
                assertThat(slice).isNull();
            } else {
                assertThat(slice).isNotNull();
                assertThat(LogModel.text(slice.buffer(), 0)).isEqualTo(model.applied.get(i));
                slice.release();
            }
        }
    }

    static UncheckedIOException unchecked(IOException e) {
        return new UncheckedIOException(e);
    }
}
