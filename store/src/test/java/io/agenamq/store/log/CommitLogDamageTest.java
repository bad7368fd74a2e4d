// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.Seeds;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.RandomDrafts;
import io.agenamq.store.disk.DiskFile;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.log.LogState.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Torn tails are cut exactly, damage of durable bytes is never taken for one, and nothing that was not appended is ever read. */
class CommitLogDamageTest {

    private static final String FIRST = "commitlog/" + "0".repeat(20);
    private static final String MARK = "commitlog/mark";
    private static final LogConfig CONFIG = LogConfig.defaults().withSegmentBytes(LogConfig.SEGMENT_BYTES_MIN);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final LogModel model = new LogModel();
    private CommitLog log;

    @BeforeEach
    void open() throws IOException {
        log = openLog();
        log.serve(model, model, appended -> {});
    }

    @Test
    void a_tail_torn_at_any_byte_is_cut_exactly() throws Exception {
        append("one");
        append("two");
        log.flush();
        long end = log.writtenPosition();
        append("three", "four");
        byte[] whole = Arrays.copyOfRange(disk.bytes(FIRST), (int) end, (int) log.writtenPosition());
        // The last record ends with zeros: without those it is as whole as with them.
        for (int kept = 0; kept < whole.length - zerosAtEnd(whole); kept++) {
            disk.restartLosingAll();
            disk.overwrite(FIRST, end, Arrays.copyOf(whole, kept));

            CommitLog again = openLog();

            int dirty = kept;
            while (dirty > 0 && whole[dirty - 1] == 0) {
                dirty--;
            }
            assertThat(again.recovery().endPosition()).as("kept %s", kept).isEqualTo(end);
            assertThat(again.recovery().cutBytes()).as("kept %s", kept).isEqualTo(dirty);
            assertThat(again.state().kind()).isEqualTo(Kind.RECOVERED);
            assertThat(replayed(again)).containsExactly("one", "two");
            assertThat(tail(end)).containsOnly(0);
        }
    }

    @Test
    void bytes_lost_anywhere_in_the_tail_cost_the_tail_and_no_more() throws Exception {
        append("one");
        log.flush();
        long end = log.writtenPosition();
        append("two");
        long second = log.writtenPosition();
        append("three");
        byte[] whole = Arrays.copyOfRange(disk.bytes(FIRST), (int) end, (int) log.writtenPosition());
        for (int lost = 0; lost < whole.length; lost++) {
            if (whole[lost] == 0) {
                continue;
            }
            byte[] holed = whole.clone();
            holed[lost] = 0;
            disk.restartLosingAll();
            disk.overwrite(FIRST, end, holed);

            CommitLog again = openLog();

            assertThat(again.state().kind()).isEqualTo(Kind.RECOVERED);
            boolean secondIsWhole = lost >= second - end;
            assertThat(replayed(again)).isEqualTo(secondIsWhole ? List.of("one", "two") : List.of("one"));
            assertThat(tail(again.writtenPosition())).containsOnly(0);
        }
    }

    @Test
    void every_flipped_bit_that_a_later_batch_vouches_for_is_damage() throws Exception {
        append("one");
        log.flush();
        long start = log.writtenPosition();
        append("two");
        log.flush();
        long end = log.writtenPosition();
        append("three");
        log.flush();
        byte[] before = disk.bytes(FIRST);
        for (long bit = 8 * start; bit < 8 * end; bit++) {
            disk.restartLosingAll();
            disk.flipBit(FIRST, bit / 8, (int) (bit % 8));
            byte[] damaged = disk.bytes(FIRST);

            CommitLog again = openLog();

            assertThat(again.state().kind()).as("bit %s", bit).isEqualTo(Kind.DAMAGED);
            assertThat(again.state().reason()).contains("no sound batch at position " + start);
            assertThat(again.writtenPosition()).isEqualTo(start);
            assertThat(replayed(again)).containsExactly("one");
            assertThat(disk.bytes(FIRST)).as("nothing is touched").isEqualTo(damaged);
            again.close();
            disk.restartLosingAll();
            disk.overwrite(FIRST, 0, before);
        }
    }

    @Test
    void a_damaged_log_is_read_up_to_the_damage_and_refuses_appends() throws Exception {
        append("one");
        append("two");
        log.flush();
        append("three");
        log.flush();
        disk.restartLosingAll();
        disk.flipBit(FIRST, model.positions.get(1) + 50, 3);

        CommitLog again = openLog();
        again.serve(model, model, appended -> {});

        RecordSlice one = again.recordAt(model.positions.get(0));
        assertThat(LogModel.text(one.buffer(), 0)).isEqualTo("one");
        one.release();
        assertThat(again.recordAt(model.positions.get(1))).isNull();
        MessageBatch batch = again.newBatch();
        batch.add(LogModel.draft("t", 0, "x"));
        assertThatThrownBy(() -> again.append(batch))
                .isInstanceOf(AppendRefusedException.class)
                .hasMessageContaining("DAMAGED");
        again.housekeepOnce();
        assertThat(again.state().kind()).isEqualTo(Kind.DAMAGED);
    }

    @Test
    void damage_below_the_mark_is_found_by_the_replay() throws Exception {
        for (int i = 0; i < 100; i++) {
            append("message " + i);
        }
        log.close();
        disk.restartKeepingAll();
        disk.flipBit(FIRST, model.positions.get(10) + 60, 0);

        CommitLog again = openLog();
        assertThat(again.state().kind()).isEqualTo(Kind.RECOVERED);
        LogModel replayed = new LogModel();
        long stop = again.replay(0, replayed);

        assertThat(replayed.applied).isEqualTo(model.applied.subList(0, 10));
        assertThat(stop).isEqualTo(model.batchEnds.get(9));
        assertThat(again.state().kind()).isEqualTo(Kind.DAMAGED);
    }

    @Test
    void a_changed_body_of_an_old_record_is_noticed_when_it_is_read() throws Exception {
        append("one");
        append("two");
        log.close();
        disk.restartKeepingAll();
        long position = model.positions.get(0);
        int body = new String(disk.bytes(FIRST), StandardCharsets.ISO_8859_1).indexOf("one");
        disk.flipBit(FIRST, body, 1);

        CommitLog again = openLog();

        assertThatThrownBy(() -> again.recordAt(position))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessage("record at position 32 lies in no batch that matches its CRC");
        RecordSlice two = again.recordAt(model.positions.get(1));
        assertThat(LogModel.text(two.buffer(), 0)).isEqualTo("two");
        two.release();
    }

    @Test
    void any_flipped_bit_of_an_old_batch_is_noticed_when_one_of_its_records_is_read() throws Exception {
        append("one");
        append("two", "three", "four");
        append("five");
        log.close();
        long start = model.batchEnds.get(0);
        long end = model.batchEnds.get(1);
        for (long bit = 8 * start; bit < 8 * end; bit++) {
            disk.restartKeepingAll();
            disk.flipBit(FIRST, bit / 8, (int) (bit % 8));

            CommitLog again = openLog();

            for (int i = 1; i <= 3; i++) {
                long position = model.positions.get(i);
                assertThatThrownBy(() -> again.recordAt(position))
                        .as("bit %s, record at %s", bit, position)
                        .isInstanceOf(CorruptRecordException.class);
            }
            assertThat(read(again, 0)).isEqualTo("one");
            assertThat(read(again, 4)).isEqualTo("five");
            again.close();
            disk.flipBit(FIRST, bit / 8, (int) (bit % 8));
        }
    }

    @Test
    void what_changes_on_the_disk_behind_the_back_of_a_running_process_is_noticed_when_it_is_read() throws Exception {
        append("one", "two");
        for (int i = 0; i < 100; i++) {
            append("message " + i);
        }
        String first = new String(disk.bytes(FIRST), StandardCharsets.ISO_8859_1);

        disk.flipBit(FIRST, first.indexOf("two"), 1);

        assertThatThrownBy(() -> log.recordAt(model.positions.get(0))).isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> log.recordAt(model.positions.get(1))).isInstanceOf(CorruptRecordException.class);
        assertThat(read(log, 2)).isEqualTo(model.applied.get(2));
    }

    @Test
    void a_body_that_looks_like_a_record_is_not_read_as_one() throws Exception {
        // The body of the only record begins behind the batch's header and the record's fixed part.
        int body = BatchHeader.BYTES + MessageRecord.OVERHEAD_BYTES - Byte.BYTES - Short.BYTES;
        ByteBuffer inner = ByteBuffer.allocate(256);
        int length = MessageRecord.encode(LogModel.draft("t", 0, "forged"), log.storeHost(), inner, 0);
        MessageRecord.assign(inner, 0, 7, body, 1);
        MessageBatch batch = log.newBatch();
        batch.add(new MessageDraft(
                "t",
                0,
                0,
                0,
                0,
                log.storeHost(),
                0,
                0,
                ByteBuffer.allocate(0),
                inner.duplicate().limit(length)));
        log.append(batch);
        log.close();
        disk.restartKeepingAll();

        CommitLog again = openLog();

        assertThat(again.recovery().endPosition()).isEqualTo(model.batchEnds.get(0));
        assertThatThrownBy(() -> again.recordAt(body)).isInstanceOf(CorruptRecordException.class);
    }

    private String read(CommitLog from, int index) {
        RecordSlice slice = from.recordAt(model.positions.get(index));
        String text = LogModel.text(slice.buffer(), 0);
        slice.release();
        return text;
    }

    @Test
    void impossible_lengths_are_neither_followed_nor_allocated() throws Exception {
        append("one");
        log.flush();
        long end = log.writtenPosition();
        append("two");
        byte[] batch = Arrays.copyOfRange(disk.bytes(FIRST), (int) end, (int) log.writtenPosition());
        for (int length :
                new int[] {0, 1, 31, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30, CONFIG.segmentBytes()}) {
            disk.restartLosingAll();
            disk.overwrite(
                    FIRST, end, ByteBuffer.wrap(batch.clone()).putInt(4, length).array());

            CommitLog again = openLog();

            assertThat(again.recovery().endPosition()).isEqualTo(end);
            assertThat(replayed(again)).containsExactly("one");
        }
    }

    @Test
    void a_sound_batch_of_another_place_is_not_taken_for_one_of_this() throws Exception {
        append("one");
        append("two");
        log.flush();
        long end = log.writtenPosition();
        byte[] old = Arrays.copyOfRange(disk.bytes(FIRST), 0, (int) end);
        disk.restartLosingAll();
        disk.overwrite(FIRST, end, old);

        CommitLog again = openLog();

        assertThat(replayed(again)).containsExactly("one", "two");
        assertThat(again.recovery().endPosition()).isEqualTo(end);
        assertThat(again.recovery().cutBytes()).isEqualTo(old.length - zerosAtEnd(old));
    }

    @Test
    void the_mark_may_be_missing_torn_or_old_and_the_log_is_the_same() throws Exception {
        for (int i = 0; i < 60; i++) {
            append("message " + i);
        }
        log.flush();
        byte[] old = disk.bytes(MARK);
        for (int i = 0; i < 12; i++) {
            log.housekeepOnce();
        }
        for (int i = 60; i < 100; i++) {
            append("message " + i);
        }
        log.flush();
        byte[] current = disk.bytes(MARK);
        assertThat(current).isNotEqualTo(old);
        List<byte[]> marks = List.of(
                old, new byte[0], new byte[8192], Arrays.copyOf(current, 20), Arrays.copyOf(current, 4100), garbage());
        for (byte[] mark : marks) {
            SimulatedDisk copy = disk.copyOfForced();
            copy.delete(MARK);
            try (DiskFile file = copy.create(MARK)) {
                file.writeFully(0, ByteBuffer.wrap(mark));
            }

            CommitLog again = openLog(copy);

            assertThat(again.state().kind()).isEqualTo(Kind.RECOVERED);
            assertThat(replayed(again)).isEqualTo(model.applied);
        }
    }

    @Test
    void a_missing_segment_in_the_middle_is_damage() throws Exception {
        fillSegments();
        disk.delete(disk.files().stream().sorted().toList().get(1));

        CommitLog again = openLog();

        assertThat(again.state().kind()).isEqualTo(Kind.DAMAGED);
        assertThat(again.state().reason()).contains("missing, or shortened, between positions 4096 and 8192");
    }

    @Test
    void a_missing_first_segment_is_damage() throws Exception {
        fillSegments();
        disk.delete(FIRST);

        CommitLog again = openLog();

        assertThat(again.state().kind()).isEqualTo(Kind.DAMAGED);
        assertThat(again.state().reason()).isEqualTo("the segment at position 0 is gone");
        assertThat(again.minPosition()).isEqualTo(4096);
    }

    @Test
    void missing_last_segments_are_damage() throws Exception {
        fillSegments();
        List<String> names = disk.files().stream().sorted().toList();
        disk.delete(names.get(names.size() - 2));
        disk.delete(names.get(names.size() - 3));
        disk.delete(names.get(names.size() - 4));

        CommitLog again = openLog();

        assertThat(again.state().kind()).isEqualTo(Kind.DAMAGED);
        assertThat(again.state().reason()).contains("it was durable up to position");
    }

    @Test
    void a_log_whose_segments_are_all_gone_does_not_start_empty() throws Exception {
        fillSegments();
        for (String name : disk.files()) {
            if (!name.equals(MARK)) {
                disk.delete(name);
            }
        }

        assertThatThrownBy(this::openLog)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the segments of the commit log are gone");
    }

    @Test
    void whatever_the_files_hold_opening_ends_and_nothing_is_read_that_was_not_appended() {
        Seeds.forEach(300, random -> {
            try {
                SimulatedDisk victim = new SimulatedDisk();
                LogModel written = new LogModel();
                CommitLog first = openLog(victim);
                first.serve(written, written, appended -> {});
                for (int i = random.nextInt(60); i >= 0; i--) {
                    MessageBatch batch = first.newBatch();
                    batch.add(LogModel.draft("t", 0, "message " + i));
                    first.append(batch);
                    if (random.nextInt(5) == 0) {
                        first.flush();
                    }
                }
                victim.restartKeepingAll();
                for (int i = random.nextInt(6); i >= 0; i--) {
                    damage(victim, random);
                }
                CommitLog again;
                try {
                    again = openLog(victim);
                } catch (IOException explained) {
                    assertThat(explained.getMessage()).isNotEmpty();
                    return;
                }
                LogModel replayed = new LogModel();
                replayed.startAnywhere();
                again.replay(again.minPosition(), replayed);
                assertThat(written.applied).containsAll(replayed.applied);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (AppendRefusedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void damage(SimulatedDisk disk, Random random) throws IOException {
        List<String> names = disk.files().stream().sorted().toList();
        if (names.isEmpty()) {
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        byte[] bytes = disk.bytes(name);
        if (bytes.length < 16) {
            return;
        }
        switch (random.nextInt(6)) {
            case 0 -> disk.delete(name);
            case 1 -> {
                try (DiskFile file = disk.open(name)) {
                    file.truncate(random.nextInt(bytes.length));
                }
            }
            case 2 -> {
                int from = random.nextInt(bytes.length - 8);
                int length = 1 + random.nextInt(bytes.length - from);
                byte[] copied = Arrays.copyOfRange(bytes, from, from + length);
                disk.overwrite(name, random.nextInt(bytes.length - length + 1), copied);
            }
            default -> {
                ByteBuffer mutated = ByteBuffer.wrap(bytes);
                RandomDrafts.mutate(random, mutated, bytes.length);
                disk.overwrite(name, 0, bytes);
            }
        }
    }

    private void fillSegments() throws Exception {
        for (int i = 0; i < 100; i++) {
            append("message " + i);
        }
        log.close();
        disk.restartKeepingAll();
    }

    private static byte[] garbage() {
        byte[] bytes = new byte[8192];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static int zerosAtEnd(byte[] bytes) {
        int count = 0;
        while (bytes[bytes.length - 1 - count] == 0) {
            count++;
        }
        return count;
    }

    private byte[] tail(long from) {
        byte[] bytes = disk.bytes(FIRST);
        return Arrays.copyOfRange(bytes, (int) from, bytes.length);
    }

    private void append(String... texts) throws AppendRefusedException {
        MessageBatch batch = log.newBatch();
        for (String text : texts) {
            batch.add(LogModel.draft("t", 0, text));
        }
        log.append(batch);
    }

    private CommitLog openLog() throws IOException {
        return openLog(disk);
    }

    private static CommitLog openLog(SimulatedDisk disk) throws IOException {
        return CommitLog.open(CONFIG, disk, InstantSource.system(), (what, cause) -> {
            throw new AssertionError(what, cause);
        });
    }

    private static List<String> replayed(CommitLog log) throws IOException {
        LogModel replayed = new LogModel();
        assertThat(log.replay(0, replayed)).isEqualTo(log.writtenPosition());
        return replayed.applied;
    }
}
