// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.SimulatedDisk;

class CommitLogOnSimulatedDiskTest extends CommitLogContract {

    @Override
    Disk disk() {
        return new SimulatedDisk();
    }
}
