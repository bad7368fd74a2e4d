// SPDX-License-Identifier: Apache-2.0
/**
 * What temporary destinations cost. Read first: {@link io.agenamq.bench.temporary.TemporaryQueueBenchmark}. May use: broker, provider, JMH. Runs
 * on: JMH's threads, and those of a server and a client in the same process.
 */
@NullMarked
package io.agenamq.bench.temporary;

import org.jspecify.annotations.NullMarked;
