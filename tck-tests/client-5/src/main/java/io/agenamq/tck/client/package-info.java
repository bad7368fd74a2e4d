// SPDX-License-Identifier: Apache-2.0
/**
 * The official RocketMQ client as a program under remote control: a test starts one JVM per client version and plays
 * producers and consumers in it, one line per request, answer and event.
 *
 * <p>Read first: {@link io.agenamq.tck.client.ClientMain}, then {@link io.agenamq.tck.client.Line}. The sources are compiled
 * twice, against 4.9 and against 5.5 of the official client; what differs between the two is in {@code Dialect}, of which each
 * module has its own.
 *
 * <p>May use: the JDK and the official client. Runs on: one thread per request, and the official client's own threads.
 */
@NullMarked
package io.agenamq.tck.client;

import org.jspecify.annotations.NullMarked;
