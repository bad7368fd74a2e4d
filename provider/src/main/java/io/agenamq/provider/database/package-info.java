// SPDX-License-Identifier: Apache-2.0
/**
 * Tables of ours in databases of applications, in statements that every database understands. Start with {@link io.agenamq.provider.database.ApplicationTable}. Uses
 * {@code java.sql} alone; runs on the threads of its callers.
 */
@NullMarked
package io.agenamq.provider.database;

import org.jspecify.annotations.NullMarked;
