// SPDX-License-Identifier: Apache-2.0
/**
 * What the log says about transactions: the outcomes of commits.
 *
 * <p>Read {@link io.agenamq.store.transaction.OutcomeTable}. May use the JDK, the log's record types and snapshots; no files, no threads, no
 * clock.
 */
@NullMarked
package io.agenamq.store.transaction;

import org.jspecify.annotations.NullMarked;
