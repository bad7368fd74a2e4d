// SPDX-License-Identifier: Apache-2.0
/**
 * The small tables of a broker as state derived from the commit log: topics, groups, and how far each group has consumed. Read
 * {@link io.agenamq.store.table.ConfigTable} first: it shows decide – append – apply in its smallest form.
 *
 * <p>Any thread may read and change them; what was changed is applied under the append lock. May use {@code protocol}, the listener types of
 * {@code store.log}, {@code store.queue} (a topic has queues) and {@code store.snapshot}.
 */
@NullMarked
package io.agenamq.store.table;

import org.jspecify.annotations.NullMarked;
