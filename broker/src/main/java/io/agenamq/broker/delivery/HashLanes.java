// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.selector.Selector.RequiredText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lanes whose selectors all ask for one text of the same property, as {@code JMSCorrelationID = 'x'} does: each message is read once for all of them, and the
 * text that it has says which of them can want it. Ten thousand such selectors cost as much as one.
 *
 * <pre>
 *   reader ──▶ message 17: JMSCorrelationID is 'c-4711' ──▶ lanes of 'c-4711': 17 is for you, if the rest of your selector says so, too
 * </pre>
 *
 * <p>A lane joins when it has looked at everything that the reader has, so that nothing is overlooked. Owned by the destination.
 */
final class HashLanes {

    /** So many lanes that search themselves are as cheap: measured, a look at a message is 0.15 us, and being found by others costs as much as five. */
    static final int LANES_MIN = 8;

    /** What is found and not yet delivered, of all lanes together, before lanes have to search themselves: some tens of megabytes. */
    private static final int MATCHES_MAX = 256 * 1024;

    private static final int LANE_MATCHES_MIN = 16;

    final String property;

    /** Reads everything once. */
    final Lane reader;

    private final Map<String, List<Lane>> byText = new HashMap<>();
    private int laneCount;

    /** The pump in which the reader came to the end. */
    long completeAtPump = -1;

    /** No lanes yet. */
    HashLanes(String property, Lane reader) {
        this.property = property;
        this.reader = reader;
    }

    void add(Lane lane, RequiredText required) {
        lane.beginHashed();
        byText.computeIfAbsent(required.text(), key -> new ArrayList<>(1)).add(lane);
        laneCount++;
    }

    void remove(Lane lane, RequiredText required) {
        List<Lane> sharing = byText.get(required.text());
        if (sharing != null && sharing.remove(lane)) {
            laneCount--;
            if (sharing.isEmpty()) {
                byText.remove(required.text());
            }
        }
    }

    boolean isEmpty() {
        return laneCount == 0;
    }

    /** The lanes that can want a message whose property has this text. */
    Collection<Lane> of(String text) {
        return byText.getOrDefault(text, List.of());
    }

    /** Whether so much waits in a lane that it had better search itself. */
    boolean isTooMuch(Lane lane) {
        return lane.matchCount() > Math.max(LANE_MATCHES_MIN, MATCHES_MAX / laneCount);
    }
}
