// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

/** What becomes of a message, and of what its listener did, when one of the two fails. */
public enum ListenerTransaction {

    /** The message is acknowledged when the method has returned, by itself. */
    NONE,

    /** The message is received in a local transaction of its session, which is committed when the method has returned and rolled back when it throws. */
    LOCAL,

    /**
     * The message is received in a Jakarta transaction, which the method's work takes part in: databases, and contexts injected with {@code @Inject}. Needs a
     * transaction manager and an XA connection factory.
     */
    JTA
}
