// SPDX-License-Identifier: Apache-2.0
/**
 * What it costs to read and write a frame. Read first: {@link io.agenamq.bench.codec.FrameBenchmark}. May use: protocol, JMH. Runs on: JMH's
 * threads.
 */
@NullMarked
package io.agenamq.bench.codec;

import org.jspecify.annotations.NullMarked;
