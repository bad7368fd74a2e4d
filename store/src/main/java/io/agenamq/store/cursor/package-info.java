// SPDX-License-Identifier: Apache-2.0
/**
 * How far every subscription has come, message by message: the durable half of Jakarta consumption.
 *
 * <p>Read {@link io.agenamq.store.cursor.Cursor} first, then {@link io.agenamq.store.cursor.CursorTable}. A cursor is derived state: it
 * changes only by applying control records, in log order, live and during replay alike. What is in flight is volatile and lives with the
 * delivery of the broker, not here. May use the JDK, {@code protocol} and the log's record types; no files, no threads, no clock.
 */
@NullMarked
package io.agenamq.store.cursor;

import org.jspecify.annotations.NullMarked;
