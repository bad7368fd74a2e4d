// SPDX-License-Identifier: Apache-2.0
/**
 * Tells the name servers about this broker. Read {@link io.agenamq.broker.registration.Registrar} first.
 *
 * <p>May use protocol and remoting. Everything runs on the broker's timer thread; network answers are brought back to it.
 */
@NullMarked
package io.agenamq.broker.registration;

import org.jspecify.annotations.NullMarked;
