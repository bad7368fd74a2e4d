// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

/**
 * Which cursor: one subscription on one message queue.
 *
 * @param topic the topic that is read
 * @param queueId the message queue of that topic
 * @param subscription the subscription's name; {@link #QUEUE} is the one that every JMS queue has from its creation
 */
public record CursorName(String topic, int queueId, String subscription) {

    /** The built-in subscription of a JMS queue. */
    public static final String QUEUE = "";
}
