// SPDX-License-Identifier: Apache-2.0
/**
 * Snapshots of everything that is derived from the commit log, so that a restart replays a bounded tail. Read
 * {@link io.agenamq.store.snapshot.DerivedState} first, then {@link io.agenamq.store.snapshot.SnapshotStore}.
 *
 * <p>A snapshot holds the state at one log position. Two generations are kept; a snapshot that is torn, or that is ahead of or behind what
 * the log still has, is ignored, and without any the whole log is replayed: a snapshot is never needed for correctness. Runs on the
 * housekeeper and during opening. May use {@code store.disk} and the listener types of {@code store.log}.
 */
@NullMarked
package io.agenamq.store.snapshot;

import org.jspecify.annotations.NullMarked;
