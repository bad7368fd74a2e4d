// SPDX-License-Identifier: Apache-2.0
/**
 * RocketMQ's requests: one handler per family of commands, entered by code in the table that {@link io.agenamq.broker.request.RequestTable}
 * fills. Read that one first, then {@link io.agenamq.broker.request.SendHandler} and {@link io.agenamq.broker.request.PullHandler}, the two
 * hot paths.
 *
 * <p>May use protocol, remoting, store, {@code broker.config}, {@code broker.group} and {@code broker.directory}. Handlers run on the event loop
 * of the request's connection and never block; what may take long goes to a bounded executor, and is refused when that is full.
 */
@NullMarked
package io.agenamq.broker.request;

import org.jspecify.annotations.NullMarked;
