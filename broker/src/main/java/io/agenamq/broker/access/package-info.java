// SPDX-License-Identifier: Apache-2.0
/**
 * Who may connect: users with hashed passwords in a file of the data folder, logging in, and what a connection may do that has not.
 *
 * <p>Read {@link io.agenamq.broker.access.Admission} first. May use {@code store.disk}, {@code broker.config}, {@code remoting} and {@code
 * protocol}. Requests come on event loops; passwords are checked on the login thread ({@code agena-login-n}).
 */
@NullMarked
package io.agenamq.broker.access;

import org.jspecify.annotations.NullMarked;
