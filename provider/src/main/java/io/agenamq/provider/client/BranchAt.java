// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsBranchInfo;

/**
 * A branch, or the part of it that one broker has.
 *
 * @param broker name of the broker
 * @param info what it says
 */
public record BranchAt(String broker, JmsBranchInfo info) {}
