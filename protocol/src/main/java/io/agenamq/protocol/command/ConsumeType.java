// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import org.jspecify.annotations.Nullable;

/** How a consumer gets its messages. */
public enum ConsumeType {
    /** Pull consumers. */
    CONSUME_ACTIVELY,
    /** Push consumers. */
    CONSUME_PASSIVELY,
    /** Consumers with broker-side progress. */
    CONSUME_POP;

    /** The type with that name; push for one that is missing or unknown. */
    public static ConsumeType of(@Nullable String name) {
        for (ConsumeType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return CONSUME_PASSIVELY;
    }
}
