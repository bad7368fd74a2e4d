// SPDX-License-Identifier: Apache-2.0
/**
 * The admin client: what an operator asks a cluster, as plain calls over remoting.
 *
 * <p>Read {@link io.agenamq.admin.AdminClient} first. May use {@code remoting}, {@code protocol} and the JDK. Calls block the calling
 * thread until the answer or the time-out; nothing here runs on an event loop.
 */
@NullMarked
package io.agenamq.admin;

import org.jspecify.annotations.NullMarked;
