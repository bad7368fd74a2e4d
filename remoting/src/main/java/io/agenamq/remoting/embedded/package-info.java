// SPDX-License-Identifier: Apache-2.0
/**
 * What a client asks of a server that runs in its own virtual machine. Here, because client and server know nothing of each other and both know this
 * module; the client finds the server by {@link java.util.ServiceLoader}.
 *
 * <p>Read {@link io.agenamq.remoting.embedded.EmbeddedServerFactory} first. May use {@code remoting}.
 */
@NullMarked
package io.agenamq.remoting.embedded;

import org.jspecify.annotations.NullMarked;
