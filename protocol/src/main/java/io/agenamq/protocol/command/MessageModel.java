// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import org.jspecify.annotations.Nullable;

/** Whether the members of a group share the messages or each get all of them. */
public enum MessageModel {
    BROADCASTING,
    CLUSTERING;

    /** The model with that name; clustering for one that is missing or unknown. */
    public static MessageModel of(@Nullable String name) {
        return BROADCASTING.name().equals(name) ? BROADCASTING : CLUSTERING;
    }
}
