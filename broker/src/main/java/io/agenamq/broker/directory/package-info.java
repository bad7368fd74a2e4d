// SPDX-License-Identifier: Apache-2.0
/**
 * Topics and groups as RocketMQ clients know them: which names are allowed, which ones the system owns, and how they come into being. The
 * tables themselves are the store's; here are the rules. Read {@link io.agenamq.broker.directory.TopicDirectory} first.
 *
 * <p>May use protocol, store and {@code broker.config}. Called by event loops and the admin threads; nothing here waits for anything but the
 * append of a control record.
 */
@NullMarked
package io.agenamq.broker.directory;

import org.jspecify.annotations.NullMarked;
