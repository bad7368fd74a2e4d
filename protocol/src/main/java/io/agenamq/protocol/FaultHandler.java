// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol;

/**
 * Decides what follows from a bug: an invariant of the code is broken and its state can no longer be trusted. A server logs in full and
 * stops the process before it harms data; a test fails. Refusals, expected failures and damaged files never come here.
 */
@FunctionalInterface
public interface FaultHandler {

    /**
     * Reports a bug. May return: the caller then leaves whatever it was doing without doing more harm.
     *
     * @param what the broken invariant, in words
     * @param cause the exception that showed it
     */
    void fault(String what, Throwable cause);
}
