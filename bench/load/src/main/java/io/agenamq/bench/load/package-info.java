// SPDX-License-Identifier: Apache-2.0
/**
 * One load on one server, made with the official client 5.5: a process that warms up, measures for a while, and says what it saw.
 *
 * <p>Read first: {@link io.agenamq.bench.load.LoadMain}. May use: the JDK, the official client, HdrHistogram, {@code tck.client.Line}. Runs
 * on: the load's own threads and those of the official client.
 */
@NullMarked
package io.agenamq.bench.load;

import org.jspecify.annotations.NullMarked;
