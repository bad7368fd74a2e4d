// SPDX-License-Identifier: Apache-2.0
/**
 * What it costs to append to the log. Read first: {@link io.agenamq.bench.append.AppendBenchmark}. May use: store, JMH. Runs on: JMH's
 * threads.
 */
@NullMarked
package io.agenamq.bench.append;

import org.jspecify.annotations.NullMarked;
