// SPDX-License-Identifier: Apache-2.0
/**
 * The objects of the JMS API: connections, sessions, producers, consumers, browsers, and the simplified API on top of them.
 *
 * <p>Read {@link io.agenamq.provider.session.AgenaConnection}, then {@link io.agenamq.provider.session.AgenaSession}, whose header shows its
 * parts and the way of a message through them. Application threads call in, event loops bring messages, listeners run on {@code agena-session-n} threads that exist only
 * while there is something to run. May use {@code provider.client}, {@code .message} and {@code .destination}.
 */
@NullMarked
package io.agenamq.provider.session;

import org.jspecify.annotations.NullMarked;
