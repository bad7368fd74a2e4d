// SPDX-License-Identifier: Apache-2.0
/**
 * Apache ActiveMQ Artemis, as the conformance suite and the benchmarks start it.
 *
 * <p>Read first: {@link io.agenamq.tck.artemis.ArtemisServer}. May use: the JDK, Artemis. Runs on: Artemis' own threads.
 */
@NullMarked
package io.agenamq.tck.artemis;

import org.jspecify.annotations.NullMarked;
