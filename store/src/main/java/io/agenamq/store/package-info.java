// SPDX-License-Identifier: Apache-2.0
/**
 * One store: the commit log and everything derived from it. This package only opens, wires and closes; read
 * {@link io.agenamq.store.Store} first. It may use all its sub-packages, none of them uses it.
 */
@NullMarked
package io.agenamq.store;

import org.jspecify.annotations.NullMarked;
