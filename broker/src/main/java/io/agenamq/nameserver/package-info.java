// SPDX-License-Identifier: Apache-2.0
/**
 * The name server: knows which broker serves which topic, and keeps no messages. Name servers know nothing of each other; every broker
 * registers with all of them. Start with {@link io.agenamq.nameserver.NameServer}, then {@link io.agenamq.nameserver.RouteTable}, which is
 * all of its state except the configuration items and, in {@link io.agenamq.nameserver.HomeTable}, what is known of brokers that are away. May use {@code remoting}, {@code protocol} and {@code store.disk}; never {@code broker}.
 *
 * <p>Handlers run on the event loops of the server; the locks are those of the two tables, never both. Configuration items, and homes, are written
 * to disk by a thread each that exists only while there is something to write.
 */
@NullMarked
package io.agenamq.nameserver;

import org.jspecify.annotations.NullMarked;
