// SPDX-License-Identifier: Apache-2.0
/**
 * Hidden messages: records that are in the log, and in no queue until a later record publishes them by reference. What large transactions are made of.
 * Read {@link io.agenamq.store.hidden.HiddenTable} first, and {@code docs/adr/0014}; then, for half messages, {@link io.agenamq.store.hidden.HalfTable}.
 *
 * <p>Changed under the append lock. May use {@code store.log}, {@code store.queue} and {@code store.snapshot}.
 */
@NullMarked
package io.agenamq.store.hidden;

import org.jspecify.annotations.NullMarked;
