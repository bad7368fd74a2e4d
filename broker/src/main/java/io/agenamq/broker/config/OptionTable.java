// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of one process, in the order of the documentation, together with RocketMQ's keys that are accepted and mean nothing here, and
 * those that may only keep their default because the feature behind them does not exist. Immutable.
 */
public final class OptionTable {

    /** Names further away than this are not offered as "did you mean". */
    private static final int NEAREST_DISTANCE_MAX = 5;

    private final String title;
    private final Map<String, Option<?>> options = new LinkedHashMap<>();
    private final Set<String> ignored;
    private final Map<String, Unavailable> unavailable;

    OptionTable(String title, List<Option<?>> declared, Set<String> ignored, Map<String, Unavailable> unavailable) {
        this.title = title;
        this.ignored = ignored;
        this.unavailable = unavailable;
        for (Option<?> option : declared) {
            if (options.put(option.name(), option) != null) {
                throw new IllegalStateException("option " + option.name() + " is declared twice");
            }
        }
    }

    /** What the options are for: {@code broker}, {@code name server}. */
    public String title() {
        return title;
    }

    /** All options in documentation order. */
    public Collection<Option<?>> options() {
        return Collections.unmodifiableCollection(options.values());
    }

    /** RocketMQ's keys that are accepted without effect, sorted. */
    public Collection<String> ignoredKeys() {
        return ignored;
    }

    /** RocketMQ's keys that may only have harmless values, because what they switch on does not exist here. */
    Map<String, Unavailable> unavailableKeys() {
        return unavailable;
    }

    @Nullable
    Option<?> option(String name) {
        return options.get(name);
    }

    boolean ignores(String key) {
        return ignored.contains(key);
    }

    /** The known key that is closest to {@code key} by edit distance, ignoring case; empty if none is near. */
    Optional<String> nearest(String key) {
        String wanted = key.toLowerCase(java.util.Locale.ROOT);
        String best = null;
        int bestDistance = Math.min(NEAREST_DISTANCE_MAX, Math.max(1, wanted.length() / 2)) + 1;
        for (String known : options.keySet()) {
            int distance = distance(wanted, known.toLowerCase(java.util.Locale.ROOT));
            if (distance < bestDistance) {
                best = known;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Edit distance (insert, delete, replace one character) by two rows of the usual table. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }

    /** A key whose only allowed values mean "off"; {@code why} completes "…: ". */
    record Unavailable(Set<String> allowedValues, String why) {}
}
