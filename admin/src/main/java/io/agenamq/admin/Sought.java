// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

/**
 * What a seek does to a subscription, or would do.
 *
 * @param before messages that it had in front of it
 * @param after messages that it has in front of it then, those its selector leaves out among them
 */
public record Sought(long before, long after) {}
