// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

/** Where a consumer of either client library reports what it received. Called from that library's threads. */
@FunctionalInterface
interface Arrivals {
    /**
     * @param body the message's body as text
     * @param sentNanos what {@link Order#SENT_NANOS} said
     */
    void arrived(String body, long sentNanos);
}
