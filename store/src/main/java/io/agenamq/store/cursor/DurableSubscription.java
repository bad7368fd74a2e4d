// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.cursor;

import org.jspecify.annotations.Nullable;

/**
 * A durable subscription: a reader of a topic that stays when its consumers go. How far it has come is in its cursors, one per message queue
 * of the topic.
 *
 * @param id never used twice, so that a subscription that is made anew under the same key meets nothing of the old one
 * @param key what it is found by
 * @param topic the topic that is read
 * @param selector which messages enter the subscription, null for all; fixed for its life
 * @param noLocal whether messages of connections with the subscription's client identifier do not enter it
 * @param shared whether several consumers may share it
 */
public record DurableSubscription(
        long id, SubscriptionKey key, String topic, @Nullable String selector, boolean noLocal, boolean shared) {

    private static final String CURSOR_PREFIX = "durable ";

    /** The cursor on one message queue of the topic. */
    public CursorName cursor(int queueId) {
        return new CursorName(topic, queueId, CURSOR_PREFIX + id);
    }
}
