// SPDX-License-Identifier: Apache-2.0
/**
 * A server inside the process of a microbenchmark.
 *
 * <p>Read first: {@link io.agenamq.bench.inprocess.InProcessServer}. May use: broker, the helpers of tck-tests. Runs on: the server's own threads.
 */
@NullMarked
package io.agenamq.bench.inprocess;

import org.jspecify.annotations.NullMarked;
