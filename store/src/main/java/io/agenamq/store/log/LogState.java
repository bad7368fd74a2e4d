// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

/**
 * What a log is able to do at the moment, and why.
 *
 * <pre>
 *  RECOVERED ──serve──▶ OPEN ◀──space returns── DISK_FULL
 *      │                 │ └─────no space──────────▶ ▲
 *      │                 ├──a write or force failed──▶ FAILED     for ever in this process
 *      └─damage below the durable mark─▶ DAMAGED                  for ever: a replica or an operator must help
 *  any ──close──▶ CLOSED
 * </pre>
 *
 * Reads are answered in every state but CLOSED, as far as the bytes are sound.
 *
 * @param reason one sentence for people, empty where there is nothing to explain
 */
public record LogState(Kind kind, String reason) {

    /** The named states. */
    public enum Kind {
        /** The end of the log is known; derived structures are being brought up to it. */
        RECOVERED,
        /** Appends are accepted. */
        OPEN,
        /**
         * There is no space for more segments. Messages are refused as soon as the prepared space is used up but for a reserve, control records
         * when that is used up as well. The log opens by itself when there is space again.
         */
        DISK_FULL,
        /** A write or a force failed: what the disk holds is unknown, nothing is ever acknowledged again by this process. */
        FAILED,
        /** Bytes that were durable are not what they were. This broker must not lead. */
        DAMAGED,
        /** Closed. */
        CLOSED
    }
}
