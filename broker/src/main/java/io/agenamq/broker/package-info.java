// SPDX-License-Identifier: Apache-2.0
/**
 * The broker process, put together. Read {@link io.agenamq.broker.BrokerServer} first; {@link io.agenamq.broker.LocalServer} is name server and
 * broker in one.
 *
 * <p>May use all other packages of this module, and none of them uses this one. Starts and stops on the caller's thread.
 */
@NullMarked
package io.agenamq.broker;

import org.jspecify.annotations.NullMarked;
