// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.FileDisk;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class CommitLogOnFilesTest extends CommitLogContract {

    @TempDir
    Path directory;

    @Override
    Disk disk() throws IOException {
        return FileDisk.at(directory);
    }
}
