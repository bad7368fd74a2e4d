// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.MessageQueue;

/**
 * A message queue and where to reach it.
 *
 * @param address {@code host:port} of its broker
 */
public record QueueAddress(MessageQueue queue, String address) {
    /** {@code orders, queue 0 of broker-a}. */
    @Override
    public String toString() {
        return queue.topic() + ", queue " + queue.queueId() + " of " + queue.brokerName();
    }
}
