// SPDX-License-Identifier: Apache-2.0
/**
 * The server commands of the launcher: {@code agena start}, {@code nameserver} and {@code broker}.
 *
 * <p>Read {@code ServerCommands} first. This is the only package that sees both the command line and the server; it wires, prints the
 * ready line and turns SIGTERM into an orderly stop.
 */
@NullMarked
package io.agenamq.dist;

import org.jspecify.annotations.NullMarked;
