// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import java.nio.ByteBuffer;

/**
 * A page of messages that stay where they are.
 *
 * @param records laid out as {@code JmsDeliveries} says; heap memory
 * @param nextOffset where the next page begins
 * @param until where the queue ended at the first page; all pages are read when {@code nextOffset} reaches it
 */
public record Page(ByteBuffer records, long nextOffset, long until) {

    /** Whether this is the last page. */
    public boolean isLast() {
        return nextOffset >= until;
    }
}
