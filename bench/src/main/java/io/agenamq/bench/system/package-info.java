// SPDX-License-Identifier: Apache-2.0
/**
 * Whole servers under the load of the official client, ours and Apache RocketMQ side by side: A B A B in one run, medians, Markdown.
 *
 * <p>Read first: {@link io.agenamq.bench.system.BenchMain}, then {@link io.agenamq.bench.system.Duel}. May use: the JDK, {@code tck.server},
 * {@code tck.client.Line}. Runs on: one thread, and child processes.
 */
@NullMarked
package io.agenamq.bench.system;

import org.jspecify.annotations.NullMarked;
