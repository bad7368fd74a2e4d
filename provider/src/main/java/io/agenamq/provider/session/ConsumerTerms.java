// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.provider.destination.AgenaDestination;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer asked for, checked.
 *
 * @param selector which messages, null for all
 * @param noLocal whether messages of its own connection are not for it; says nothing about a queue
 * @param subscription the named subscription that it takes part in, null if there is none
 */
record ConsumerTerms(
        AgenaDestination destination,
        @Nullable String selector,
        boolean noLocal,
        @Nullable JmsSubscription subscription) {}
