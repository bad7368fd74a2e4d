// SPDX-License-Identifier: Apache-2.0
/**
 * Delivery to Jakarta Messaging consumers: who may take how much, who has what in flight, whose turn it is.
 *
 * <p>Read {@link io.agenamq.broker.delivery.Deliveries} (what is built from what), {@code ConsumerHandler} (what a consumer asks for), then {@code
 * Destination} (the owner of all state of one topic), {@code Subscription} and {@code Window}. What must survive is in {@code store.cursor}; everything here is volatile and rebuilt by consumers
 * attaching again. State of one destination is touched by one thread at a time, which is an event loop where possible and an {@code
 * agena-queue-n} thread where much is to be done. May use the store and remoting; knows nothing of RocketMQ's groups.
 *
 * <pre>
 *   ready ──take──▶ in flight ──acknowledge──▶ settled
 *     ▲                 │
 *     └───give back ────┘   (counted as a delivery if an application saw it)
 * </pre>
 */
@NullMarked
package io.agenamq.broker.delivery;

import org.jspecify.annotations.NullMarked;
