// SPDX-License-Identifier: Apache-2.0
/**
 * Options of broker and name server: declared once, read once. Read {@link io.agenamq.broker.config.BrokerOptions} first, then
 * {@link io.agenamq.broker.config.Settings} (how {@code broker.conf}, environment and flags become values with an origin), then
 * {@link io.agenamq.broker.config.BrokerConfig} (what the composition root is built from).
 *
 * <p>May use protocol, remoting, store and {@code io.agenamq.nameserver} (for the records it fills). Runs on the thread that starts the
 * process; {@link io.agenamq.broker.config.LiveSettings} is read by all threads.
 */
@NullMarked
package io.agenamq.broker.config;

import org.jspecify.annotations.NullMarked;
