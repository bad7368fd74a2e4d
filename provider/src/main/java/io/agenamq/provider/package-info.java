// SPDX-License-Identifier: Apache-2.0
/**
 * The Jakarta Messaging 3.1 client of AgenaMQ: what an application names. Start with {@link io.agenamq.provider.AgenaConnectionFactory}. The
 * sub-packages hold destinations, messages, sessions and the asynchronous client underneath.
 */
@NullMarked
package io.agenamq.provider;

import org.jspecify.annotations.NullMarked;
