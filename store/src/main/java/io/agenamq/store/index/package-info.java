// SPDX-License-Identifier: Apache-2.0
/**
 * The key index: application key or unique id of a message → where it is in the commit log, newest first. Read
 * {@link io.agenamq.store.index.KeyIndex} first.
 *
 * <p>Derived from the log like everything else. Keys are added under the append lock, asked for by any thread, sorted and filed by the
 * housekeeper. May use {@code protocol}, {@code store.disk}, {@code store.log}, {@code store.snapshot} and the record scan of
 * {@code store.queue}.
 */
@NullMarked
package io.agenamq.store.index;

import org.jspecify.annotations.NullMarked;
