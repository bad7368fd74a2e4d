// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import java.io.IOException;

/** Another process, or another store of this one, owns the directory. */
public final class StoreInUseException extends IOException {

    private final long processId;

    /**
     * Says who.
     *
     * @param processId of the owner, 0 if it could not be read
     */
    public StoreInUseException(String directory, long processId) {
        super("store " + directory + " in use by process " + (processId == 0 ? "(unknown)" : Long.toString(processId)));
        this.processId = processId;
    }

    /** The owner's process id, 0 if unknown. */
    public long processId() {
        return processId;
    }
}
