// SPDX-License-Identifier: Apache-2.0
/**
 * Both ends of a connection: frames in and out, answers matched to requests, time-outs, back-pressure, limits. Knows the meaning of no
 * command. Read {@link io.agenamq.remoting.Connection} first, then {@link io.agenamq.remoting.RemotingServer} and {@link
 * io.agenamq.remoting.RemotingClient}. May use {@code protocol}, Netty and SLF4J; no Netty type is visible outside.
 *
 * <p>Threads: a few event loops (two by default in a server, named {@code agena-io-n}); a connection belongs to one of them for its life,
 * and everything that happens to it happens there. Handlers and listeners run on that loop and must not block.
 */
@NullMarked
package io.agenamq.remoting;

import org.jspecify.annotations.NullMarked;
