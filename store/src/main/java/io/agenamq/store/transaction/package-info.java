// SPDX-License-Identifier: Apache-2.0
/**
 * What the log says about transactions: the outcomes of commits, and branches that wait for a decision.
 *
 * <p>Read {@link io.agenamq.store.transaction.OutcomeTable} and {@link io.agenamq.store.transaction.BranchTable}. May use the JDK, the log's record types, the names of hidden
 * messages, and snapshots; no files, no threads, no clock.
 */
@NullMarked
package io.agenamq.store.transaction;

import org.jspecify.annotations.NullMarked;
