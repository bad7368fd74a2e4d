// SPDX-License-Identifier: Apache-2.0
/**
 * Retention: which segments of the commit log may go, and what has to happen before they do. Read
 * {@link io.agenamq.store.retention.Retention} first, then {@link io.agenamq.store.retention.Cleaner}, which moves what is left in them.
 *
 * <p>Runs on the housekeeper, one step at a time. May use {@code store.disk}, {@code store.log}, {@code store.queue}, {@code store.hidden}, {@code store.index} and
 * {@code store.snapshot}.
 */
@NullMarked
package io.agenamq.store.retention;

import org.jspecify.annotations.NullMarked;
