// SPDX-License-Identifier: Apache-2.0
/** Spring JMS with AgenaMQ: read {@link io.agenamq.examples.springjms.OrdersConfig} first. */
@NullMarked
package io.agenamq.examples.springjms;

import org.jspecify.annotations.NullMarked;
