// SPDX-License-Identifier: Apache-2.0

/**
 * Branches of distributed transactions, as seen from the client: which there are, how far each is, and the {@code XAResource} by which a transaction manager
 * leads them. Begin with {@link io.agenamq.provider.xa.AgenaXAResource}.
 *
 * <p>Knows the client's link and no session: what works in a branch is a {@link io.agenamq.provider.xa.BranchWorker}. Runs on the threads of whoever calls, which
 * wait for brokers.
 */
@NullMarked
package io.agenamq.provider.xa;

import org.jspecify.annotations.NullMarked;
