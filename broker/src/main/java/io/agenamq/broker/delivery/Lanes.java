// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.Selector.RequiredText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of a subscription: those that search for themselves, and those of which {@link HashLanes} know what is for them. Owned by the destination.
 *
 * <pre>
 *   first consumer ──▶ searching ──has seen all, and is one of many alike──▶ hashed
 *                          ▲                                                    │
 *                          └────────────── too much waits for it ───────────────┘
 * </pre>
 */
final class Lanes {

    /** Lanes without consumers whose places are remembered, so that nothing is searched again when their selectors return. */
    private static final int IDLE_LANES_MAX = 64;

    private final List<Window> windows;
    private final boolean hashing;
    private final Map<Lane.Filter, Lane> byFilter = new HashMap<>();
    private final Set<Lane> searching = new LinkedHashSet<>();
    private final Set<Lane> idle = new LinkedHashSet<>(); // the longest without consumers first
    private final Map<String, HashLanes> hashes = new HashMap<>(); // by property
    private final Set<Lane> matched = new LinkedHashSet<>();
    private final ConsumerRound round = new ConsumerRound();

    /**
     * No lanes.
     *
     * @param windows live
     * @param hashing whether many consumers with a selector each can come
     */
    Lanes(List<Window> windows, boolean hashing) {
        this.windows = windows;
        this.hashing = hashing;
    }

    /** The lane of a filter, made if this is the first consumer to present it. */
    Lane join(Lane.Filter filter) {
        Lane lane = byFilter.get(filter);
        if (lane == null) {
            lane = new Lane(filter, windows.size());
            byFilter.put(filter, lane);
            searching.add(lane);
        }
        lane.consumerCount++;
        idle.remove(lane);
        return lane;
    }

    /** A consumer that has {@link #join}ed takes part. */
    void add(AttachedConsumer consumer) {
        consumer.lane.round().add(consumer);
        if (!consumer.lane.isHashed()) {
            round.add(consumer);
        }
    }

    /** A consumer takes part no more. */
    void remove(AttachedConsumer consumer) {
        Lane lane = consumer.lane;
        lane.round().remove(consumer);
        round.remove(consumer);
        if (--lane.consumerCount > 0) {
            return;
        }
        if (lane.isHashed() && lane.hasNoGroups()) {
            leaveHash(lane);
            byFilter.remove(lane.filter());
        } else if (lane.filter().passesAll() && lane.hasNoGroups()) {
            // There is nothing to be found again.
            drop(lane);
        } else {
            idle.add(lane);
            if (idle.size() > IDLE_LANES_MAX) {
                Lane oldest = idle.iterator().next();
                idle.remove(oldest);
                drop(oldest);
            }
        }
    }

    /** A consumer takes the place of one that it goes on for. */
    void replace(AttachedConsumer former, AttachedConsumer next) {
        next.lane.round().replace(former, next);
        round.replace(former, next);
        GroupSlots groups = next.lane.groups();
        if (groups != null) {
            groups.replace(former, next);
        }
    }

    private void drop(Lane lane) {
        if (lane.isHashed()) {
            leaveHash(lane);
        }
        byFilter.remove(lane.filter());
        searching.remove(lane);
    }

    /** A message that was in flight is free again. */
    void cameBack(int window, long offset, int priority) {
        searching.forEach(lane -> lane.cameBack(window, offset, priority));
        hashes.values().forEach(hashed -> hashed.reader.cameBack(window, offset, priority));
    }

    /** Begins again at the beginning of other windows. */
    void restart(Collection<AttachedConsumer> consumers) {
        hashes.clear();
        matched.clear();
        byFilter.values().forEach(Lane::restart);
        searching.addAll(byFilter.values());
        round.replaceBy(consumers);
    }

    /** How many lanes share a turn's search. */
    int searchCount() {
        return searching.size() + hashes.size();
    }

    /** The consumers of the lanes that search for themselves. */
    ConsumerRound round() {
        return round;
    }

    /** Those who read for hashed lanes. */
    Collection<HashLanes> hashes() {
        return hashes.values();
    }

    /** The hashed lanes for which something was found, and those with message groups; live. */
    Set<Lane> matched() {
        return matched;
    }

    /** Whether a lane without consumers has passed over more entries than {@code entries}, which are dear to search again. */
    boolean rememberMoreThan(int entries) {
        for (Lane lane : idle) {
            if (lane.passedOver(windows) > entries) {
                return true;
            }
        }
        return false;
    }

    /** A message whose property has this text was read for hashed lanes. */
    void found(HashLanes hashed, String text, GroupSlots.Waiting message) {
        for (Lane lane : List.copyOf(hashed.of(text))) {
            lane.match(message);
            matched.add(lane);
            if (hashed.isTooMuch(lane)) {
                leaveHash(lane);
                lane.searchForGood();
                searching.add(lane);
                round.addAll(lane.round());
            }
        }
    }

    /** Hashes lanes that have seen everything in this pump, and are many of a kind. */
    void hashWhatHasSeenAll(long pump) {
        if (!hashing || searching.isEmpty() || (hashes.isEmpty() && searching.size() <= HashLanes.LANES_MIN)) {
            return;
        }
        Map<String, Integer> counts = new HashMap<>();
        List<Lane> alike = new ArrayList<>();
        for (Lane lane : searching) {
            if (requiredOf(lane) != null) {
                alike.add(lane);
            }
        }
        for (Lane lane : alike) {
            RequiredText required = Objects.requireNonNull(requiredOf(lane));
            HashLanes hashed = hashes.get(required.property());
            if (hashed == null) {
                if (counts.merge(required.property(), 1, Integer::sum) > HashLanes.LANES_MIN) {
                    // It begins to read with the next pump.
                    hashes.put(required.property(), new HashLanes(required.property(), reader()));
                }
            } else if (hashed.completeAtPump == pump && lane.hasSeenAllAt(pump)) {
                hashed.add(lane, required);
                searching.remove(lane);
                round.removeAll(lane.round());
            }
        }
    }

    private Lane reader() {
        return new Lane(Lane.Filter.of(Selector.ALL), windows.size());
    }

    private static @Nullable RequiredText requiredOf(Lane lane) {
        boolean can =
                !lane.searchesForGood() && lane.groups() == null && lane.round().size() > 0;
        return can ? lane.requiredText() : null;
    }

    private void leaveHash(Lane lane) {
        matched.remove(lane);
        RequiredText required = lane.requiredText();
        HashLanes hashed = required == null ? null : hashes.get(required.property());
        if (hashed != null && required != null) {
            hashed.remove(lane, required);
            if (hashed.isEmpty()) {
                hashes.remove(hashed.property);
            }
        }
    }
}
