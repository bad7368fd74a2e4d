// SPDX-License-Identifier: Apache-2.0
/**
 * Queues and topics as values: a kind and a name, equal when both are. Start with {@link io.agenamq.provider.destination.AgenaDestination}. May
 * use the JMS API; immutable, any thread.
 */
@NullMarked
package io.agenamq.provider.destination;

import org.jspecify.annotations.NullMarked;
