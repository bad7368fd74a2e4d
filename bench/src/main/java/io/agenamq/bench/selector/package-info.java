// SPDX-License-Identifier: Apache-2.0
/**
 * What it costs to ask a message whether it matches. Read first: {@link io.agenamq.bench.selector.SelectorBenchmark}. May use: protocol, JMH. Runs on: JMH's
 * threads.
 */
@NullMarked
package io.agenamq.bench.selector;

import org.jspecify.annotations.NullMarked;
