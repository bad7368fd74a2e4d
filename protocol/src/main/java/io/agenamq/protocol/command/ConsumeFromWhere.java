// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import org.jspecify.annotations.Nullable;

/** Where a group without offsets begins; decided by the client, known to the broker for display. */
public enum ConsumeFromWhere {
    CONSUME_FROM_LAST_OFFSET,
    CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST,
    CONSUME_FROM_MIN_OFFSET,
    CONSUME_FROM_MAX_OFFSET,
    CONSUME_FROM_FIRST_OFFSET,
    CONSUME_FROM_TIMESTAMP;

    /** The place with that name; the last offset for one that is missing or unknown. */
    public static ConsumeFromWhere of(@Nullable String name) {
        for (ConsumeFromWhere where : values()) {
            if (where.name().equals(name)) {
                return where;
            }
        }
        return CONSUME_FROM_LAST_OFFSET;
    }
}
