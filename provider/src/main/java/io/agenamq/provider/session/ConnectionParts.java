// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.provider.client.Link;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is made of.
 *
 * @param link of its own, not open yet
 * @param messageKeys of its messages; their prefix names the connection
 * @param clock milliseconds since 1970
 * @param nanoClock for time-outs: nanoseconds since some moment
 * @param xa for sessions that work in branches
 * @param outside transactions that its sessions join by themselves; null for none
 */
public record ConnectionParts(
        ConnectionSettings settings,
        Link link,
        UniqueKeys messageKeys,
        InstantSource clock,
        LongSupplier nanoClock,
        XaTerms xa,
        @Nullable Outside outside) {

    /** One whose sessions join nothing by themselves. */
    public ConnectionParts(
            ConnectionSettings settings,
            Link link,
            UniqueKeys messageKeys,
            InstantSource clock,
            LongSupplier nanoClock,
            XaTerms xa) {
        this(settings, link, messageKeys, clock, nanoClock, xa, null);
    }

    /** The same with transactions that its sessions join by themselves. */
    public ConnectionParts with(Outside transactions) {
        return new ConnectionParts(settings, link, messageKeys, clock, nanoClock, xa, transactions);
    }
}
