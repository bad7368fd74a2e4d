// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import io.agenamq.protocol.command.SubscriptionData;

/**
 * What a consumer group wants of one topic: the words of the client and the filter they were compiled to, once per change. Immutable.
 *
 * @param data as the client sent it
 * @param filter decides message by message
 */
public record Subscription(SubscriptionData data, MessageFilter filter) {}
