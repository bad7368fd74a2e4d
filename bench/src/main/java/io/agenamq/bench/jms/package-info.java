// SPDX-License-Identifier: Apache-2.0
/**
 * One load of Jakarta Messaging on one server, with the client of whoever made the server: a process that warms up, measures for a while, and says
 * what it saw. The loads know {@code jakarta.jms} only.
 *
 * <p>Read first: {@link io.agenamq.bench.jms.JmsLoadMain}. May use: the JDK, jakarta.jms, HdrHistogram, {@code tck.client.Line}. Runs on: the
 * load's own threads and those of the client.
 */
@NullMarked
package io.agenamq.bench.jms;

import org.jspecify.annotations.NullMarked;
