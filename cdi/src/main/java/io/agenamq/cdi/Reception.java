// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

/** The sessions of one listener method, receiving. */
interface Reception {

    /** Ends them, and waits until the method runs no more. */
    void close();
}
