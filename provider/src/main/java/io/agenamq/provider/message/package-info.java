// SPDX-License-Identifier: Apache-2.0
/**
 * Jakarta messages as objects, and their way to and from a stored record. Start with {@link io.agenamq.provider.message.AgenaMessage}; {@link
 * io.agenamq.provider.message.MessageWriter} and {@link io.agenamq.provider.message.MessageReader} are the two ends of the wire. May use {@code
 * provider.destination}, {@code protocol} and the JMS API; no threads. A message belongs to one thread at a time, as the specification says.
 */
@NullMarked
package io.agenamq.provider.message;

import org.jspecify.annotations.NullMarked;
