// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.protocol.command.StartPoint;
import org.jspecify.annotations.Nullable;

/**
 * Where a cursor is to go on, as operators say it.
 *
 * @param start null for behind the last message; if there is a message, it does not count
 * @param messageId of the message to go on with, null for none
 */
record SeekPlace(@Nullable StartPoint start, @Nullable String messageId) {

    /** What {@link #parse} reads. */
    static final String FORMS =
            "now, earliest, last=100, since=PT1H, at=2026-11-20T08:00Z, offset=42 or id=MESSAGE-ID (JMSMessageID, unique key or offset id).";

    private static final String NOW = "now";
    private static final String LATEST = "latest";
    private static final String ID = "id=";

    /** @throws IllegalArgumentException if it is none of the forms */
    static SeekPlace parse(String text) {
        if (text.equals(NOW) || text.equals(LATEST)) {
            return new SeekPlace(null, null);
        }
        if (text.startsWith(ID) && text.length() > ID.length()) {
            return new SeekPlace(null, text.substring(ID.length()));
        }
        try {
            return new SeekPlace(StartPoint.parse(text), null);
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("'" + text + "' is no place; write " + FORMS, unknown);
        }
    }
}
