// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import io.agenamq.store.disk.DelegatingDisk;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import java.io.IOException;

/** A disk that refuses to make files while it is broken. */
final class FailingDisk extends DelegatingDisk {

    boolean broken;

    FailingDisk(Disk disk) {
        super(disk);
    }

    @Override
    public DiskFile create(String name) throws IOException {
        if (broken) {
            throw new IOException("broken");
        }
        return super.create(name);
    }
}
