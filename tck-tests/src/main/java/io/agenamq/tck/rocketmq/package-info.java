// SPDX-License-Identifier: Apache-2.0
/**
 * The official RocketMQ client, as a test sees it: processes of either version, and in them producers and consumers that do what the test
 * says and report what they observe.
 *
 * <p>Read first: {@link io.agenamq.tck.rocketmq.ClientProcess}. May use: the JDK, {@code tck.server}, {@code tck.client.Line}. Runs on: the
 * test's threads; one reader thread per process.
 */
@NullMarked
package io.agenamq.tck.rocketmq;

import org.jspecify.annotations.NullMarked;
