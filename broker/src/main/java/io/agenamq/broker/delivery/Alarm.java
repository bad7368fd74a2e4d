// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

/** Runs something later. */
@FunctionalInterface
public interface Alarm {

    /**
     * Runs {@code task}, which takes microseconds, at about {@code epochMillis} by the broker's clock; who is called too early asks again. Any thread.
     */
    void at(long epochMillis, Runnable task);
}
