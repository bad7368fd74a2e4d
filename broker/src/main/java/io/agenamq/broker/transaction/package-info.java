// SPDX-License-Identifier: Apache-2.0
/**
 * Local transactions of Jakarta Messaging sessions: what was sent for them and is in memory or hidden in the log, and the decision.
 *
 * <p>Read {@link io.agenamq.broker.transaction.LocalTransactions} first. A commit is one batch of the log with the messages, the progress of every
 * subscription that it received from, and its outcome ({@code docs/adr/0007}); of large transactions it has references instead of messages
 * ({@code docs/adr/0014}). May use the store, remoting and {@code broker.delivery};
 * {@code broker.request} checks the messages and puts them in. An open transaction belongs to the event loop of its connection.
 *
 * <pre>
 *   open ──COMMIT──▶ collecting ──▶ in the log ──▶ settled     the deliveries of each destination are collected, and settled, by its owner
 *     │                  │ a delivery is gone, or the log refuses
 *     └──── ROLLBACK, a refused message, the end of the connection ──▶ rolled back
 * </pre>
 *
 * <p>Where somebody else decides, the same contents are a {@link io.agenamq.broker.transaction.Branch}: {@link io.agenamq.broker.transaction.Branches} has them all, {@link
 * io.agenamq.broker.transaction.BranchLog} writes what becomes of them, {@link io.agenamq.broker.transaction.TableChecks} asks about some ({@code docs/adr/0016}).
 *
 * <p>RocketMQ's half messages are apart from that: {@link io.agenamq.broker.transaction.HalfMessages} records what producers decide,
 * {@link io.agenamq.broker.transaction.HalfChecks} asks them ({@code docs/adr/0017}). These may use {@code broker.group} and {@code broker.directory}.
 */
@NullMarked
package io.agenamq.broker.transaction;

import org.jspecify.annotations.NullMarked;
