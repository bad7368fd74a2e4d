// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.log.AppendRefusedException.Reason;
import io.agenamq.store.log.LogState.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a log does as long as the disk does what it should. Runs on the simulated and on the real disk. */
abstract class CommitLogContract {

    private static final LogConfig CONFIG = LogConfig.defaults().withSegmentBytes(LogConfig.SEGMENT_BYTES_MIN);

    private final ManualClock clock = new ManualClock(Instant.ofEpochMilli(1_000_000));
    private final LogModel model = new LogModel();

    /** An empty disk. */
    abstract Disk disk() throws IOException;

    @Test
    void records_that_were_taken_back_are_not_stored() throws Exception {
        CommitLog log = serving(disk());
        MessageBatch batch = log.newBatch();
        batch.add(LogModel.draft("t", 0, "kept"));
        batch.addControl(ControlType.OFFSETS, ByteBuffer.allocate(8));
        batch.add(LogModel.draft("t", 0, "taken back"));

        batch.truncate(1);
        batch.add(LogModel.draft("t", 0, "in its place"));
        log.append(batch);

        assertThat(model.applied).containsExactly("kept", "in its place");
        assertThat(batch.isControl(1)).isFalse();
        log.close();
    }

    @Test
    void a_batch_gets_positions_offsets_and_one_store_time() throws Exception {
        CommitLog log = serving(disk());
        MessageBatch batch = log.newBatch();
        assertThat(batch.add(LogModel.draft("t", 0, "first"))).isZero();
        assertThat(batch.add(LogModel.draft("t", 1, "other queue"))).isEqualTo(1);
        assertThat(batch.add(LogModel.draft("t", 0, "second"))).isEqualTo(2);

        log.append(batch);

        assertThat(batch.count()).isEqualTo(3);
        assertThat(batch.position(0)).isEqualTo(32);
        assertThat(batch.position(1)).isEqualTo(32 + batch.size(0));
        assertThat(batch.endPosition()).isEqualTo(batch.position(2) + batch.size(2));
        assertThat(List.of(batch.queueOffset(0), batch.queueOffset(1), batch.queueOffset(2)))
                .containsExactly(0L, 0L, 1L);
        assertThat(batch.storeTimestamp()).isEqualTo(1_000_000);
        assertThat(log.writtenPosition()).isEqualTo(batch.endPosition());
        log.close();
    }

    @Test
    void a_record_is_read_as_it_was_sent_with_what_the_log_added() throws Exception {
        CommitLog log = serving(disk());
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1234);
        log.storeHost(here);
        MessageBatch batch = append(log, LogModel.draft("t", 3, "hello"));

        RecordSlice slice = log.read(batch.position(0), batch.size(0));

        ByteBuffer record = slice.buffer();
        assertThat(LogModel.text(record, 0)).isEqualTo("hello");
        assertThat(MessageRecord.topic(record, 0)).isEqualTo("t");
        assertThat(MessageRecord.queueId(record, 0)).isEqualTo(3);
        assertThat(MessageRecord.position(record, 0)).isEqualTo(batch.position(0));
        assertThat(MessageRecord.storeHost(record, 0)).isEqualTo(here);
        assertThat(record.isReadOnly()).isTrue();
        assertThat(slice.size()).isEqualTo(batch.size(0));
        slice.release();
        RecordSlice same = log.recordAt(batch.position(0));
        assertThat(same.size()).isEqualTo(batch.size(0));
        same.release();
        log.close();
    }

    @Test
    void a_position_without_a_record_gives_nothing_or_says_so() throws Exception {
        CommitLog log = serving(disk());
        MessageBatch batch = append(log, LogModel.draft("t", 0, "hello"));
        long position = batch.position(0);
        int size = batch.size(0);

        assertThat(log.read(batch.endPosition(), size)).isNull();
        assertThat(log.read(-1, size)).isNull();
        assertThat(log.recordAt(Long.MAX_VALUE)).isNull();
        assertThat(log.recordAt(batch.endPosition())).isNull();
        assertThatThrownBy(() -> log.read(position, size - 1)).isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> log.read(position - 1, size)).isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> log.recordAt(position - 1))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("record at position 31 ");
        log.close();
    }

    @Test
    void a_refused_batch_leaves_no_trace_and_can_be_appended_again() throws Exception {
        CommitLog log = serving(disk());
        append(log, LogModel.draft("t", 0, "before"));
        long written = log.writtenPosition();
        MessageBatch batch = log.newBatch();
        batch.add(LogModel.draft("t", 0, "one"));
        batch.add(LogModel.draft(LogModel.NO_TOPIC, 7, "two"));

        assertThatThrownBy(() -> log.append(batch)).isInstanceOfSatisfying(AppendRefusedException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_QUEUE);
            assertThat(e).hasMessage("topic 'missing' has no queue 7 on this broker");
        });

        assertThat(log.writtenPosition()).isEqualTo(written);
        assertThat(model.applied).containsExactly("before");
        assertThat(append(log, LogModel.draft("t", 0, "after")).queueOffset(0)).isEqualTo(1);
        log.close();
    }

    @Test
    void nothing_is_appended_before_the_log_serves_and_after_it_is_closed() throws Exception {
        CommitLog log = open(disk());
        MessageBatch batch = log.newBatch();
        batch.add(LogModel.draft("t", 0, "x"));

        assertThat(log.state().kind()).isEqualTo(Kind.RECOVERED);
        assertThatThrownBy(() -> log.append(batch)).isInstanceOf(AppendRefusedException.class);
        log.serve(model, model, appended -> {});
        assertThat(log.state().kind()).isEqualTo(Kind.OPEN);
        log.append(batch);
        log.close();
        batch.clear();
        batch.add(LogModel.draft("t", 0, "y"));
        assertThatThrownBy(() -> log.append(batch))
                .isInstanceOf(AppendRefusedException.class)
                .hasMessageContaining("CLOSED");
    }

    @Test
    void segments_follow_each_other_and_everything_in_them_is_found_again() throws Exception {
        Disk disk = disk();
        CommitLog log = serving(disk);
        for (int i = 0; i < 300; i++) {
            append(
                    log,
                    LogModel.draft("topic" + i % 3, i % 4, "message " + i),
                    LogModel.draft("other", 0, "x".repeat(i)));
            if (i % 40 == 0) {
                log.housekeepOnce();
            }
        }

        assertThat(log.segmentStarts().length).isGreaterThan(10);
        assertThat(log.segmentStarts()).isSorted().startsWith(0, CONFIG.segmentBytes());
        for (int i = 0; i < model.applied.size(); i++) {
            RecordSlice slice = log.recordAt(model.positions.get(i));
            assertThat(LogModel.text(slice.buffer(), 0)).isEqualTo(model.applied.get(i));
            slice.release();
        }
        log.close();
        LogModel again = new LogModel();
        CommitLog reopened = open(disk);
        assertThat(reopened.replay(0, again)).isEqualTo(log.writtenPosition());
        assertThat(again.applied).isEqualTo(model.applied);
        assertThat(again.positions).isEqualTo(model.positions);
        assertThat(again.batchEnds).isEqualTo(model.batchEnds);
        reopened.close();
    }

    @Test
    void replay_starts_at_the_end_of_any_batch() throws Exception {
        Disk disk = disk();
        CommitLog log = serving(disk);
        for (int i = 0; i < 100; i++) {
            append(log, LogModel.draft("t", 0, "message " + i));
        }
        log.close();

        CommitLog reopened = open(disk);
        for (int i = 0; i < 100; i += 7) {
            LogModel rest = new LogModel();
            rest.startAnywhere();
            reopened.replay(model.batchEnds.get(i), rest);
            assertThat(rest.applied).isEqualTo(model.applied.subList(i + 1, 100));
        }
        assertThatThrownBy(() -> reopened.replay(log.writtenPosition() + 1, new LogModel()))
                .isInstanceOf(IllegalArgumentException.class);
        reopened.close();
    }

    @Test
    void control_records_lie_between_the_messages() throws Exception {
        Disk disk = disk();
        CommitLog log = serving(disk);
        MessageBatch batch = log.newBatch();
        batch.addControl(ControlType.TOPIC_PUT, ByteBuffer.wrap(new byte[] {'a'}));
        batch.add(LogModel.draft("t", 0, "m"));
        batch.addControl(ControlType.OFFSETS, ByteBuffer.wrap(new byte[] {'b'}));
        log.append(batch);

        assertThat(model.applied).containsExactly("!a", "m", "!b");
        assertThat(batch.isControl(0)).isTrue();
        assertThat(batch.isControl(1)).isFalse();
        log.close();
        LogModel again = new LogModel();
        CommitLog reopened = open(disk);
        reopened.replay(0, again);
        assertThat(again.applied).containsExactly("!a", "m", "!b");
        reopened.close();
    }

    @Test
    void a_message_cannot_pretend_to_be_a_control_record() throws Exception {
        CommitLog log = serving(disk());

        assertThatThrownBy(() -> log.newBatch().add(LogModel.draft("AGENA_SYS_TOPIC", 0, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("topic 'AGENA_SYS_TOPIC' belongs to the system");
        log.close();
    }

    @Test
    void a_full_batch_says_so_and_is_as_it_was() throws Exception {
        CommitLog log = serving(disk());
        MessageBatch batch = log.newBatch();
        int count = 0;
        while (batch.add(LogModel.draft("t", 0, "x".repeat(500))) != MessageBatch.FULL) {
            count++;
        }

        assertThat(batch.count()).isEqualTo(count).isGreaterThan(4);
        assertThat(batch.bytes()).isLessThanOrEqualTo(CONFIG.batchBytesMax());
        log.append(batch);
        batch.clear();
        assertThat(batch.add(LogModel.draft("t", 0, "y"))).isZero();
        log.append(batch);
        assertThat(model.applied).hasSize(count + 1);
        assertThatThrownBy(() -> log.newBatch().add(LogModel.draft("t", 0, "x".repeat(5000))))
                .isInstanceOf(IllegalArgumentException.class);
        log.close();
    }

    @Test
    void a_batch_that_was_refused_a_draft_is_as_it_was() throws Exception {
        CommitLog log = serving(disk());
        MessageBatch batch = log.newBatch();
        batch.add(LogModel.draft("t", 0, "first"));

        assertThatThrownBy(() -> batch.add(LogModel.draft("t".repeat(200), 0, "x")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batch.add(LogModel.draft("t", -1, "x"))).isInstanceOf(IllegalArgumentException.class);

        batch.add(LogModel.draft("t", 0, "second"));
        log.append(batch);
        assertThat(model.applied).containsExactly("first", "second");
        log.close();
    }

    @Test
    void an_appended_batch_is_cleared_before_it_is_used_again() throws Exception {
        CommitLog log = serving(disk());
        MessageBatch batch = append(log, LogModel.draft("t", 0, "x"));

        assertThatThrownBy(() -> log.append(batch)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batch.add(LogModel.draft("t", 0, "y"))).isInstanceOf(IllegalStateException.class);
        batch.clear();
        assertThatThrownBy(() -> log.append(batch)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(batch::endPosition).isInstanceOf(IllegalStateException.class);
        log.close();
    }

    @Test
    void store_times_never_decrease_even_if_the_clock_does() throws Exception {
        Disk disk = disk();
        CommitLog log = serving(disk);
        append(log, LogModel.draft("t", 0, "a"));
        clock.advance(Duration.ofMillis(50));
        append(log, LogModel.draft("t", 0, "b"));
        clock.advance(Duration.ofMillis(-500));
        long first = append(log, LogModel.draft("t", 0, "c")).storeTimestamp();
        log.close();

        CommitLog reopened = open(disk);
        reopened.replay(0, model(reopened));
        LogModel next = new LogModel();
        reopened.serve(next, next, appended -> {});
        long second = append(reopened, LogModel.draft("u", 0, "d")).storeTimestamp();

        assertThat(first).isEqualTo(1_000_050);
        assertThat(second).isEqualTo(1_000_050);
        assertThat(reopened.firstStoreTime(0)).isEqualTo(1_000_000);
        reopened.close();
    }

    @Test
    void what_is_appended_is_durable_after_one_step_of_the_flusher() throws Exception {
        CommitLog log = serving(disk());
        MessageBatch batch = append(log, LogModel.draft("t", 0, "x"));
        Answers answers = new Answers();
        log.whenDurable(batch.endPosition(), answers);
        assertThat(answers.durable).isEmpty();
        assertThat(log.durablePosition()).isLessThan(batch.endPosition());

        assertThat(log.flushOnce()).isTrue();

        assertThat(answers.durable).containsExactly(batch.endPosition());
        assertThat(log.durablePosition()).isEqualTo(batch.endPosition());
        assertThat(log.flushOnce()).isFalse();
        log.whenDurable(batch.endPosition(), answers);
        assertThat(answers.durable).hasSize(2);
        assertThat(answers.failed).isEmpty();
        log.close();
    }

    @Test
    void closing_makes_everything_durable_and_tells_who_waits() throws Exception {
        CommitLog log = serving(disk());
        MessageBatch batch = append(log, LogModel.draft("t", 0, "x"));
        Answers answers = new Answers();
        log.whenDurable(batch.endPosition(), answers);
        log.whenDurable(batch.endPosition() + 1, answers);

        log.close();

        assertThat(answers.durable).containsExactly(batch.endPosition());
        assertThat(answers.failed).containsExactly("the store is closed");
    }

    @Test
    void retired_segments_are_gone_but_for_those_who_read_them() throws Exception {
        Disk disk = disk();
        CommitLog log = serving(disk);
        for (int i = 0; i < 100; i++) {
            append(log, LogModel.draft("t", 0, "message " + i));
        }
        RecordSlice held = log.recordAt(model.positions.get(0));
        assertThat(log.retire(log.writtenPosition()))
                .as("nothing is durable yet")
                .isZero();
        log.flush();

        long min = log.retire(2L * CONFIG.segmentBytes() + 5);

        assertThat(min).isEqualTo(2L * CONFIG.segmentBytes()).isEqualTo(log.minPosition());
        assertThat(log.segmentStarts()).startsWith(min);
        assertThat(log.recordAt(model.positions.get(0))).isNull();
        assertThat(LogModel.text(held.buffer(), 0)).isEqualTo("message 0");
        held.release();
        assertThatThrownBy(held::release).isInstanceOf(IllegalStateException.class);
        assertThat(disk.list("commitlog")).doesNotContain("%020d".formatted(0));
        log.close();

        CommitLog reopened = open(disk);
        assertThat(reopened.minPosition()).isEqualTo(min);
        LogModel rest = new LogModel();
        rest.startAnywhere();
        reopened.replay(min, rest);
        assertThat(rest.applied).isEqualTo(model.applied.subList(100 - rest.applied.size(), 100));
        reopened.close();
    }

    @Test
    void the_segment_being_written_is_never_retired() throws Exception {
        CommitLog log = serving(disk());
        append(log, LogModel.draft("t", 0, "x"));
        log.flush();

        assertThat(log.retire(Long.MAX_VALUE)).isZero();
        RecordSlice slice = log.recordAt(32);
        assertThat(slice).isNotNull();
        slice.release();
        log.close();
    }

    @Test
    void a_log_goes_on_with_other_segment_sizes() throws Exception {
        Disk disk = disk();
        CommitLog log = serving(disk);
        fill(log, 60);
        log.housekeepOnce();
        log.close();
        for (int size : new int[] {16 * 1024, 5000, 64 * 1024, LogConfig.SEGMENT_BYTES_MIN}) {
            CommitLog next = CommitLog.open(CONFIG.withSegmentBytes(size), disk, clock, CommitLogContract::bug);
            LogModel again = new LogModel();
            assertThat(next.replay(0, again)).isEqualTo(next.writtenPosition());
            assertThat(again.applied).isEqualTo(model.applied);
            next.serve(model, model, appended -> {});
            fill(next, 60);
            next.housekeepOnce();
            fill(next, 60);
            next.close();
        }
    }

    @Test
    void messages_can_be_refused_by_decision_while_control_records_pass() throws Exception {
        CommitLog log = serving(disk());
        List<LogState> heard = new ArrayList<>();
        log.onState(heard::add);

        log.refuseMessages(RefusalCause.DISK_USE, "the disk is 96 % full");

        assertThatThrownBy(() -> append(log, LogModel.draft("t", 0, "x")))
                .isInstanceOfSatisfying(AppendRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.DISK_FULL))
                .hasMessageContaining("the disk is 96 % full");
        MessageBatch control = log.newBatch();
        control.addControl(ControlType.OFFSETS, ByteBuffer.allocate(10));
        log.append(control);
        log.admitMessages(RefusalCause.DISK_USE);
        append(log, LogModel.draft("t", 0, "y"));
        assertThat(heard)
                .containsExactly(new LogState(Kind.DISK_FULL, "the disk is 96 % full"), new LogState(Kind.OPEN, ""));
        log.close();
    }

    @Test
    void listeners_hear_of_a_batch_outside_of_the_append_lock() throws Exception {
        CommitLog log = open(disk());
        List<String> order = new ArrayList<>();
        log.serve(model, model, appended -> {
            order.add("appended " + appended.topic(0) + " " + appended.queueOffset(0));
            // Would deadlock or nest if the lock were held: appending from here is allowed.
            if (order.size() < 3) {
                try {
                    append(log, LogModel.draft("again", 0, "x"));
                } catch (AppendRefusedException e) {
                    throw new AssertionError(e);
                }
            }
        });

        append(log, LogModel.draft("t", 0, "x"));

        assertThat(order).containsExactly("appended t 0", "appended again 0", "appended again 1");
        log.close();
    }

    private void fill(CommitLog log, int count) throws AppendRefusedException {
        for (int i = 0; i < count; i++) {
            append(log, LogModel.draft("t", 0, "message " + i));
        }
    }

    private LogModel model(CommitLog log) {
        assertThat(log.state().kind()).isEqualTo(Kind.RECOVERED);
        return new LogModel();
    }

    private CommitLog serving(Disk disk) throws IOException {
        CommitLog log = open(disk);
        log.serve(model, model, appended -> {});
        return log;
    }

    private CommitLog open(Disk disk) throws IOException {
        return CommitLog.open(CONFIG, disk, clock, CommitLogContract::bug);
    }

    private static void bug(String what, Throwable cause) {
        throw new AssertionError(what, cause);
    }

    private static MessageBatch append(CommitLog log, MessageDraft... drafts) throws AppendRefusedException {
        MessageBatch batch = log.newBatch();
        for (var draft : drafts) {
            assertThat(batch.add(draft)).isGreaterThanOrEqualTo(0);
        }
        log.append(batch);
        return batch;
    }

    /** What a waiter was told. */
    static final class Answers implements PositionWaiter {
        final List<Long> durable = new ArrayList<>();
        final List<String> failed = new ArrayList<>();

        @Override
        public void durable(long durablePosition) {
            durable.add(durablePosition);
        }

        @Override
        public void failed(String reason) {
            failed.add(reason);
        }
    }
}
