// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.transaction;

/**
 * A decision that stands.
 *
 * @param committed whether the branch was committed
 * @param heuristic whether an operator has decided
 * @param kept whether it is remembered until it is {@linkplain BranchTable#forgotten forgotten}, and not for a time only
 * @param time when it was decided, milliseconds since 1970; not before the branch was prepared
 */
public record DecidedBranch(BranchId id, boolean committed, boolean heuristic, boolean kept, long time) {}
