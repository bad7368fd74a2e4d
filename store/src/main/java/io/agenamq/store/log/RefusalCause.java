// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

/** Why messages are refused by decision; each cause is stated and taken back by itself. */
public enum RefusalCause {
    /** The disk is used up to a mark that the operator has set. */
    DISK_USE,
    /** What waits in memory for files that cannot be written has become too much. */
    BACKLOG
}
