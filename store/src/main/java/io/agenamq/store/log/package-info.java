// SPDX-License-Identifier: Apache-2.0
/**
 * The commit log: the only truth of a store. Batches of records are appended, forced, read, replayed and retired here; what they mean is
 * known elsewhere.
 *
 * <p>Read {@link io.agenamq.store.log.CommitLog} first, then {@code BatchHeader} for the format and {@code Recovery} for what happens after a
 * crash; {@code store/README.md} holds the argument why nothing acknowledged is lost.
 *
 * <p>May use {@code store.disk} and {@code protocol.record}. Appends run on their callers' threads, forcing on the flusher thread
 * ({@code agena-flusher}), preparation of segments on the housekeeper thread ({@code agena-housekeeper}).
 */
@NullMarked
package io.agenamq.store.log;

import org.jspecify.annotations.NullMarked;
