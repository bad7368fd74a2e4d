// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Consumers whose pulls name a newer version of their subscription than their heartbeats have. Usually the heartbeat is on its way. But
 * clients raise the version whenever their queues change, and skip the heartbeat that should tell so if another one is just being sent (they
 * do at their start); then the next one comes half a minute later, and a broker that insists leaves the consumer without messages so long.
 *
 * <p>So the first pulls are refused, as in RocketMQ, and the client comes again after three seconds. If there is still no heartbeat then, none
 * was sent, and so the expression is the one that is known: a changed expression is always told by a heartbeat at once.
 *
 * <p>Safe for all threads.
 */
final class AheadOfHeartbeat {

    /** A heartbeat that was sent has arrived by then, and the client has not yet come for the second time. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final LongSupplier nanoClock;
    private final ConcurrentHashMap<Key, Seen> seen = new ConcurrentHashMap<>();

    AheadOfHeartbeat(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Notes that a pull was ahead; returns whether that has lasted so long that no heartbeat is on its way. */
    boolean isLasting(String group, String topic, long version) {
        long now = nanoClock.getAsLong();
        Seen first = seen.compute(
                new Key(group, topic),
                (key, known) -> known != null && known.version == version ? known : new Seen(version, now));
        return now - first.sinceNanos >= PATIENCE.toNanos();
    }

    /** The group's subscription has this version: who was waiting for it, or an older one, has caught up. */
    void known(String group, String topic, long version) {
        if (!seen.isEmpty()) {
            seen.computeIfPresent(new Key(group, topic), (key, ahead) -> ahead.version <= version ? null : ahead);
        }
    }

    private record Key(String group, String topic) {}

    private record Seen(long version, long sinceNanos) {}
}
