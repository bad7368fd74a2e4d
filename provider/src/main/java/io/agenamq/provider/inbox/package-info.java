// SPDX-License-Identifier: Apache-2.0
/**
 * Each message takes effect once: its identifier is recorded in the application's own database, in the transaction that does the work. Start with
 * {@link io.agenamq.provider.inbox.InboxListener}. Needs {@code java.sql}, {@code jakarta.jms} and {@code provider.database} alone, so that it works with messages of every provider; runs on the
 * threads of the application and of its sessions.
 */
@NullMarked
package io.agenamq.provider.inbox;

import org.jspecify.annotations.NullMarked;
