// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.xa.Branches;

/**
 * What sessions of a transaction manager need.
 *
 * @param branches that connections of one user to one cluster share
 * @param joins whether such connections say that they are the same resource manager
 */
public record XaTerms(Branches branches, boolean joins) {}
