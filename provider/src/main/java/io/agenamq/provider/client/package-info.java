// SPDX-License-Identifier: Apache-2.0
/**
 * The asynchronous connection to a cluster: where destinations live, sending, consuming, browsing. Knows nothing of the JMS API.
 *
 * <p>Read {@link io.agenamq.provider.client.Link} first: it is what the sessions see. {@code ReconnectingLink} is it, around a {@code Wire} that has
 * no memory; {@code RemotingWire} is that over the network. Everything returns at once; futures complete on event loops, so that
 * continuations must not block. May use {@code remoting} and {@code protocol}.
 */
@NullMarked
package io.agenamq.provider.client;

import org.jspecify.annotations.NullMarked;
