// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import io.agenamq.store.disk.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A place in a segment is sound exactly if a record begins there whose batch is whole, whatever was asked before. */
class BatchCheckTest {

    private static final String FIRST = "commitlog/" + "0".repeat(20);
    private static final int BATCH_COUNT = 60;
    private static final int QUESTION_COUNT = 2_000;

    @Test
    void the_answer_does_not_depend_on_what_was_asked_before() {
        Seeds.forEach(20, random -> {
            try {
                askInAnyOrder(random);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (AppendRefusedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void askInAnyOrder(Random random) throws IOException, AppendRefusedException {
        SimulatedDisk disk = new SimulatedDisk();
        LogModel model = new LogModel();
        CommitLog log = CommitLog.open(
                LogConfig.defaults().withSegmentBytes(8 * 1024 * 1024), disk, InstantSource.system(), (what, cause) -> {
                    throw new AssertionError(what, cause);
                });
        log.serve(model, model, appended -> {});
        for (int i = 0; i < BATCH_COUNT; i++) {
            append(log, random);
        }
        int end = (int) log.writtenPosition();
        ByteBuffer segment = ByteBuffer.wrap(disk.bytes(FIRST));
        // One batch is not what it was.
        int damagedBatch = random.nextInt(BATCH_COUNT);
        int damagedFrom = damagedBatch == 0 ? 0 : (int) (long) model.batchEnds.get(damagedBatch - 1);
        int damagedTo = (int) (long) model.batchEnds.get(damagedBatch);
        int damage = damagedFrom + random.nextInt(damagedTo - damagedFrom);
        segment.put(damage, (byte) (segment.get(damage) ^ 1 << random.nextInt(8)));
        Set<Integer> sound = new HashSet<>();
        model.positions.forEach(position -> sound.add((int) (long) position));
        sound.removeIf(at -> at >= damagedFrom && at < damagedTo);
        Integer[] records = model.positions.stream().map(Long::intValue).toArray(Integer[]::new);

        BatchCheck check = new BatchCheck(0);

        int last = 0;
        for (int i = 0; i < QUESTION_COUNT; i++) {
            // Mostly records, mostly forwards, as readers come; some anywhere.
            int choice = random.nextInt(8);
            last = choice == 1 ? random.nextInt(records.length) : (last + random.nextInt(4)) % records.length;
            int at = choice == 0 ? random.nextInt(end) : records[last];
            assertThat(check.isSound(segment, at)).as("at %s", at).isEqualTo(sound.contains(at));
        }
    }

    private static void append(CommitLog log, Random random) throws AppendRefusedException {
        MessageBatch batch = log.newBatch();
        int count = random.nextInt(10) == 0 ? 300 : 1 + random.nextInt(8);
        int length = random.nextInt(8) == 0 ? 3_000 : random.nextInt(200);
        for (int i = 0; i < count; i++) {
            batch.add(LogModel.draft("t", 0, "x".repeat(length)));
        }
        log.append(batch);
    }
}
