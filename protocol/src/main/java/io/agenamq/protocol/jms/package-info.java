// SPDX-License-Identifier: Apache-2.0
/**
 * How a Jakarta message stands in a RocketMQ record: names and forms of its headers, typed properties and body.
 *
 * <p>Start with {@link io.agenamq.protocol.jms.JmsProperties} (the names), then {@link io.agenamq.protocol.jms.PropertyEncoder} (the
 * writing side, the provider) and {@link io.agenamq.protocol.jms.StoredMessage} (the reading side: the provider, the broker's selectors,
 * tools). {@link io.agenamq.protocol.jms.BodyKind} says what body bytes mean; {@link io.agenamq.protocol.jms.TextBody} and {@link
 * io.agenamq.protocol.jms.TypedBody} are their layouts. May use {@code protocol.record} and {@code protocol.selector}; free of threads and I/O.
 */
@NullMarked
package io.agenamq.protocol.jms;

import org.jspecify.annotations.NullMarked;
