// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.log.AppendRefusedException.Reason;
import io.agenamq.store.log.CommitLogContract.Answers;
import io.agenamq.store.log.LogState.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The named states: what the log answers when a force fails, a write fails, or the disk is full, and what is there afterwards. */
class CommitLogFailureTest {

    private static final LogConfig CONFIG = LogConfig.defaults().withSegmentBytes(LogConfig.SEGMENT_BYTES_MIN);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<String> bugs = new ArrayList<>();
    private final List<Kind> heard = new ArrayList<>();
    private LogModel model = new LogModel();

    @Test
    void after_a_failed_force_nothing_is_acknowledged_any_more() throws Exception {
        CommitLog log = open();
        long first = append(log, "first");
        log.flush();
        Answers answers = new Answers();
        log.whenDurable(append(log, "second"), answers);
        disk.failForces(1);

        assertThat(log.flushOnce()).isFalse();

        assertThat(log.state().kind()).isEqualTo(Kind.FAILED);
        assertThat(heard).containsExactly(Kind.FAILED);
        assertThat(answers.failed).hasSize(1);
        assertThat(answers.failed.get(0)).contains("could not be forced", "Input/output error");
        assertThat(log.flushOnce())
                .as("a second force would succeed and mean nothing")
                .isFalse();
        assertThat(log.durablePosition()).isEqualTo(first);
        log.whenDurable(log.writtenPosition(), answers);
        assertThat(answers.failed).hasSize(2);
        assertThat(answers.durable).isEmpty();
        assertThatThrownBy(() -> append(log, "third"))
                .isInstanceOfSatisfying(AppendRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.NOT_OPEN))
                .hasMessageContaining("FAILED");
        assertThatThrownBy(log::flush).isInstanceOf(IOException.class).hasMessageContaining("could not be forced");
    }

    @Test
    void reads_go_on_after_a_failed_force() throws Exception {
        CommitLog log = open();
        append(log, "first");
        disk.failForces(1);
        log.flushOnce();

        RecordSlice slice = log.recordAt(model.positions.get(0));

        assertThat(LogModel.text(slice.buffer(), 0)).isEqualTo("first");
        slice.release();
    }

    @Test
    void a_failed_force_of_prepared_space_is_as_bad_as_any() throws Exception {
        CommitLog log = open();
        Answers answers = new Answers();
        log.whenDurable(append(log, "first"), answers);
        disk.failForces(1);

        log.housekeepOnce();

        // It may have been the append whose bytes were lost.
        assertThat(log.state().kind()).isEqualTo(Kind.FAILED);
        assertThat(answers.failed).hasSize(1);
    }

    @Test
    void what_a_failed_force_lost_is_written_again_by_the_next_process() throws Exception {
        CommitLog log = open();
        append(log, "first");
        disk.failForces(1);
        log.flushOnce();
        disk.restartKeepingAll();

        CommitLog next = open();
        assertThat(model.applied).containsExactly("first");
        next.flush();
        append(next, "second");
        next.flush();
        disk.restartLosingAll();

        open();
        assertThat(model.applied).containsExactly("first", "second");
    }

    @Test
    void a_write_that_fails_is_taken_back_and_ends_the_log() throws Exception {
        CommitLog log = open();
        append(log, "first");
        byte[] before = disk.bytes("commitlog/" + "0".repeat(20));
        disk.failWrites(1);

        assertThatThrownBy(() -> append(log, "second"))
                .isInstanceOfSatisfying(AppendRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.NOT_OPEN))
                .hasMessageContaining("Input/output error");

        assertThat(log.state().kind()).isEqualTo(Kind.FAILED);
        assertThat(disk.bytes("commitlog/" + "0".repeat(20))).isEqualTo(before);
        assertThat(model.applied).containsExactly("first");
    }

    @Test
    void a_bug_in_what_is_derived_stops_the_log() throws Exception {
        stopsTheLog(new IllegalStateException("broken"));

        assertThat(bugs).containsExactly("applying a batch failed");
    }

    @Test
    void an_error_in_what_is_derived_stops_the_log_as_well() throws Exception {
        // A batch that is half applied, by want of memory for instance: with another one behind it, offsets would be
        // given twice.
        stopsTheLog(new OutOfMemoryError("Java heap space"));

        assertThat(bugs).isEmpty();
    }

    private void stopsTheLog(Throwable broken) throws Exception {
        CommitLog log = CommitLog.open(CONFIG, disk, InstantSource.system(), (what, cause) -> bugs.add(what));
        log.serve(
                model,
                new LogListener() {
                    @Override
                    public void message(String topic, long position, int size, ByteBuffer buffer, int at) {
                        if (broken instanceof Error error) {
                            throw error;
                        }
                        throw (RuntimeException) broken;
                    }

                    @Override
                    public void control(ControlType type, long position, ByteBuffer payload) {}

                    @Override
                    public void batchEnd(long endPosition) {}
                },
                appended -> {});

        assertThatThrownBy(() -> append(log, "x")).isSameAs(broken);

        assertThat(log.state().kind()).isEqualTo(Kind.FAILED);
        assertThatThrownBy(() -> append(log, "y")).isInstanceOf(AppendRefusedException.class);
    }

    @Test
    void a_full_disk_refuses_messages_keeps_room_for_control_records_and_opens_again_by_itself() throws Exception {
        CommitLog log = open();
        log.housekeepOnce();
        disk.capacity(disk.usedBytes());

        int count = fill(log);

        assertThat(count).isPositive();
        assertThat(log.state().kind()).isEqualTo(Kind.DISK_FULL);
        assertThat(heard).containsExactly(Kind.DISK_FULL);
        assertThatThrownBy(() -> append(log, "more"))
                .isInstanceOfSatisfying(AppendRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.DISK_FULL))
                .hasMessageContaining("no space left");
        append(log, "!settled");
        log.flush();
        RecordSlice slice = log.recordAt(model.positions.get(0));
        slice.release();
        log.housekeepOnce();
        assertThat(log.state().kind()).isEqualTo(Kind.DISK_FULL);

        disk.capacity(1_000_000);
        log.housekeepOnce();

        assertThat(log.state().kind()).isEqualTo(Kind.OPEN);
        append(log, "again");
        log.flush();
        List<String> all = List.copyOf(model.applied);
        disk.restartLosingAll();
        open();
        assertThat(model.applied).isEqualTo(all).endsWith("!settled", "again");
    }

    @Test
    void control_records_are_refused_only_when_the_reserve_is_used_up() throws Exception {
        CommitLog log = open();
        log.housekeepOnce();
        disk.capacity(disk.usedBytes());
        fill(log);

        int control = 0;
        while (appends(log, "!settled " + control)) {
            control++;
        }

        assertThat(control).isPositive();
        disk.capacity(1_000_000);
        log.housekeepOnce();
        append(log, "again");
        log.flush();
        List<String> all = List.copyOf(model.applied);
        disk.restartLosingAll();
        open();
        assertThat(model.applied).isEqualTo(all);
    }

    @Test
    void a_log_opens_on_a_full_disk_and_serves_when_there_is_space() throws Exception {
        CommitLog log = open();
        fillTo(log, 30);
        log.flush();
        disk.restartKeepingAll();
        disk.capacity(disk.usedBytes());

        CommitLog again = open();

        assertThat(model.applied).hasSize(30);
        fill(again);
        assertThat(again.state().kind()).isEqualTo(Kind.DISK_FULL);
        disk.capacity(1_000_000);
        again.housekeepOnce();
        append(again, "more");
    }

    @Test
    void space_that_comes_and_goes_costs_nothing_that_was_accepted() {
        Seeds.forEach(100, random -> {
            SimulatedDisk small = new SimulatedDisk();
            small.shortWrites(random);
            try {
                LogHistory history = new LogHistory(small);
                for (int i = 0; i < 200; i++) {
                    if (random.nextInt(10) == 0) {
                        small.capacity(random.nextInt(3) == 0 ? 10_000_000 : small.usedBytes() + random.nextInt(3000));
                    }
                    if (random.nextInt(10) == 0) {
                        history.log().housekeepOnce();
                    }
                    if (random.nextInt(5) == 0) {
                        history.flush();
                    }
                    try {
                        history.append(random);
                    } catch (AppendRefusedException full) {
                        assertThat(full.reason()).isEqualTo(Reason.DISK_FULL);
                    }
                    if (random.nextInt(30) == 0) {
                        small.restart(random);
                        history.recover();
                    }
                }
                small.capacity(10_000_000);
                history.log().housekeepOnce();
                history.append("at the end");
                history.flush();
                history.checkReads();
                small.restartLosingAll();
                history.recover();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (AppendRefusedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private int fill(CommitLog log) {
        int count = 0;
        while (appends(log, "message " + count)) {
            count++;
        }
        return count;
    }

    private void fillTo(CommitLog log, int count) throws AppendRefusedException {
        for (int i = 0; i < count; i++) {
            append(log, "message " + i);
        }
    }

    private static boolean appends(CommitLog log, String text) {
        try {
            append(log, text);
            return true;
        } catch (AppendRefusedException e) {
            return false;
        }
    }

    private static long append(CommitLog log, String text) throws AppendRefusedException {
        MessageBatch batch = log.newBatch();
        if (text.startsWith("!")) {
            batch.addControl(
                    ControlType.OFFSETS, ByteBuffer.wrap(text.substring(1).getBytes(StandardCharsets.UTF_8)));
        } else {
            batch.add(LogModel.draft("t", 0, text));
        }
        log.append(batch);
        return batch.endPosition();
    }

    private CommitLog open() throws IOException {
        model = new LogModel();
        CommitLog log = CommitLog.open(CONFIG, disk, InstantSource.system(), (what, cause) -> {
            throw new AssertionError(what, cause);
        });
        log.replay(0, model);
        log.serve(model, model, appended -> {});
        log.onState(state -> heard.add(state.kind()));
        return log;
    }
}
