// SPDX-License-Identifier: Apache-2.0
/**
 * The only place that touches files. {@link io.agenamq.store.disk.Disk} is what the store asks of a file system, {@code FileDisk} the real
 * one; tests run the same code on a simulated disk that loses, reorders and tears what was not forced.
 *
 * <p>Read {@link io.agenamq.store.disk.Disk} first. May use the JDK only. Callable from any thread; nothing here owns one.
 */
@NullMarked
package io.agenamq.store.disk;

import org.jspecify.annotations.NullMarked;
