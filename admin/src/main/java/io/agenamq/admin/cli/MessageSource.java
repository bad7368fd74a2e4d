// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import java.time.Duration;

/** Where {@code agena message receive} takes messages from, one at a time. Used by one thread. */
interface MessageSource extends AutoCloseable {
    /**
     * Prints the next message and then acknowledges it: what nobody has seen comes back.
     *
     * @param wait how long to wait for it
     * @return whether there was one
     */
    boolean next(Duration wait, MessagePrinter printer);

    @Override
    void close();
}
