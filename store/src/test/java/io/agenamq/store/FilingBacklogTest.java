// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.store.disk.DelegatingDisk;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import io.agenamq.store.disk.SimulatedDisk;
import io.agenamq.store.index.KeyIndex;
import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.LogState;
import io.agenamq.store.queue.QueueTable;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A disk that takes the log and nothing else. */
class FilingBacklogTest {

    private static final class LogOnlyDisk extends DelegatingDisk {

        private boolean broken;

        LogOnlyDisk(Disk disk) {
            super(disk);
        }

        @Override
        public DiskFile create(String name) throws IOException {
            if (broken && (name.startsWith(QueueTable.FOLDER) || name.startsWith(KeyIndex.FOLDER))) {
                throw new IOException("permission denied: " + name);
            }
            return super.create(name);
        }
    }

    @Test
    void messages_are_refused_when_too_much_waits_and_accepted_again_when_half_of_it_is_filed() throws Exception {
        StoreDriver driver = new StoreDriver(new SimulatedDisk());
        Store store = driver.open();
        driver.topic("T", 1);
        long[] waiting = {0};
        FilingBacklog backlog = new FilingBacklog(() -> waiting[0], 1000, store.log());

        waiting[0] = 1000;
        backlog.checkRefuse();
        driver.send("T", 0);
        waiting[0] = 1001;
        backlog.checkRefuse();
        assertThatThrownBy(() -> driver.trySend("T", 0, Map.of(), 1))
                .isInstanceOf(AppendRefusedException.class)
                .hasMessageContaining("cannot be written");
        store.topics().remove("nothing");
        assertThatThrownBy(backlog::require).isInstanceOf(IOException.class);

        waiting[0] = 501;
        backlog.checkAdmit();
        assertThat(store.log().state().kind()).isEqualTo(LogState.Kind.DISK_FULL);
        waiting[0] = 500;
        backlog.checkAdmit();
        driver.send("T", 0);
        assertThat(store.log().state().kind()).isEqualTo(LogState.Kind.OPEN);
    }

    @Test
    void what_waits_because_its_folder_cannot_be_written_is_counted_and_filed_later() throws Exception {
        LogOnlyDisk disk = new LogOnlyDisk(new SimulatedDisk());
        StoreDriver driver = new StoreDriver(disk);
        Store store = driver.open();
        driver.topic("T", 1);
        disk.broken = true;
        for (int i = 0; i < 2000; i++) {
            driver.send("T", 0, Map.of("UNIQ_KEY", "M" + i));
        }
        store.housekeepOnce();
        assertThat(store.waitingBytes()).isGreaterThan(2000L * 48);

        disk.broken = false;
        store.housekeepOnce();

        assertThat(store.waitingBytes()).isZero();
        assertThat(driver.positions("T", 0)).hasSize(2000);
    }
}
