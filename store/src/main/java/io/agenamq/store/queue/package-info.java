// SPDX-License-Identifier: Apache-2.0
/**
 * Consume queues: for every message queue of every topic the list of its messages, as fixed-size entries that are answered without
 * touching the commit log. Read {@link io.agenamq.store.queue.ConsumeQueue} first, then {@link io.agenamq.store.queue.QueueTable}.
 *
 * <p>Everything here is derived: a snapshot plus the log behind it rebuilds it. Entries are added under the append lock, read by anybody
 * without a lock, and moved from memory to the page file by the housekeeper. May use {@code protocol}, {@code store.disk} and the listener
 * types of {@code store.log}.
 */
@NullMarked
package io.agenamq.store.queue;

import org.jspecify.annotations.NullMarked;
