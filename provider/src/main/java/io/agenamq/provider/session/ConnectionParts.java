// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.provider.client.Link;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * What a connection is made of.
 *
 * @param link of its own, not open yet
 * @param messageKeys of its messages; their prefix names the connection
 * @param clock milliseconds since 1970
 * @param nanoClock for time-outs: nanoseconds since some moment
 * @param xa for sessions that work in branches
 */
public record ConnectionParts(
        ConnectionSettings settings,
        Link link,
        UniqueKeys messageKeys,
        InstantSource clock,
        LongSupplier nanoClock,
        XaTerms xa) {}
