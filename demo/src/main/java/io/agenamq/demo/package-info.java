// SPDX-License-Identifier: Apache-2.0
/**
 * The order story of {@code agena demo}: two client libraries, one server, and a SIGKILL in the middle.
 *
 * <p>Read {@link io.agenamq.demo.Story} first. May use the command line of admin, the Jakarta Messaging API, the provider's connection
 * factory and the official RocketMQ client; never the server, which runs in a process of its own. {@code
 * docs/adr/0003-commands-come-from-the-class-path.md} says why this is a module.
 */
@NullMarked
package io.agenamq.demo;

import org.jspecify.annotations.NullMarked;
