// SPDX-License-Identifier: Apache-2.0
/**
 * Servers as processes of their own: started on free loopback ports, killed, restarted on the same store. Ours, and Apache RocketMQ as
 * the oracle of the tests and the peer of the benchmarks.
 *
 * <p>Read first: {@link io.agenamq.tck.server.Cluster}. May use: the JDK. Runs on: the test's thread; one reader thread per process.
 */
@NullMarked
package io.agenamq.tck.server;

import org.jspecify.annotations.NullMarked;
