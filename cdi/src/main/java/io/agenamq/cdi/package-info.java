// SPDX-License-Identifier: Apache-2.0
/**
 * Messaging by injection, for CDI containers that bring none of their own (Weld SE, a servlet container, a test): {@code @Inject JMSContext} as
 * Jakarta Messaging 3.1 chapter 12.4 describes it, and methods that receive ({@link io.agenamq.cdi.JmsListener}).
 *
 * <pre>
 *   call ──▶ InjectedContext ──▶ CurrentContexts ──┬─ a transaction is active:  JtaTransactions   one per transaction
 *                                                  ├─ a request is active:      RequestContexts   one per request
 *                                                  └─ neither:                  its own           one per injected object
 * </pre>
 *
 * <p>An application server injects contexts itself; there, this jar would be a second one of a kind, and stays out.
 */
@NullMarked
package io.agenamq.cdi;

import org.jspecify.annotations.NullMarked;
