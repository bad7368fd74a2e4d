// SPDX-License-Identifier: Apache-2.0
/**
 * A naming context that is a table of names and objects. Start with {@link io.agenamq.provider.jndi.NamesContext}; what is in the table is decided by
 * {@code io.agenamq.provider.AgenaInitialContextFactory}. May use {@code javax.naming}; immutable, any thread.
 */
@NullMarked
package io.agenamq.provider.jndi;

import org.jspecify.annotations.NullMarked;
