// SPDX-License-Identifier: Apache-2.0
/**
 * Who is connected, as what: producer groups, consumer groups with their subscriptions, and the locks of ordered consumers. All of it is
 * volatile: it is not in the log, and is rebuilt by the clients' heartbeats after a restart. Read
 * {@link io.agenamq.broker.group.ConsumerGroups} first.
 *
 * <p>May use protocol and remoting. Called by event loops and by the broker's timer; nothing here blocks.
 */
@NullMarked
package io.agenamq.broker.group;

import org.jspecify.annotations.NullMarked;
