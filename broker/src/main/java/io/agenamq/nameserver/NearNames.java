// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Names that somebody may have meant: the same in another case, or one or two typing errors away. */
final class NearNames {

    private static final int DISTANCE_MAX = 2;
    private static final int COUNT_MAX = 3;

    /** Longer names are not compared: the work grows with the length. */
    private static final int LENGTH_MAX = 255;

    private NearNames() {}

    /** At most three near names, nearest first. */
    static List<String> of(String name, Collection<String> known) {
        if (name.length() > LENGTH_MAX) {
            return List.of();
        }
        String wanted = name.toLowerCase(Locale.ROOT);
        List<List<String>> byDistance = new ArrayList<>();
        for (int i = 0; i <= DISTANCE_MAX; i++) {
            byDistance.add(new ArrayList<>());
        }
        for (String candidate : known) {
            // A short name is near to every other short name; half of it must be right.
            int limit = Math.min(DISTANCE_MAX, name.length() / 2);
            if (Math.abs(candidate.length() - name.length()) <= limit) {
                int distance = distance(wanted, candidate.toLowerCase(Locale.ROOT), limit);
                if (distance <= limit) {
                    byDistance.get(distance).add(candidate);
                }
            }
        }
        return byDistance.stream().flatMap(List::stream).limit(COUNT_MAX).toList();
    }

    /** Levenshtein distance, given up when it exceeds {@code limit}: only a band of {@code limit} on either side of the diagonal counts. */
    private static int distance(String a, String b, int limit) {
        int infinite = limit + 1;
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = Math.min(j, infinite);
        }
        for (int i = 1; i <= a.length(); i++) {
            int from = Math.max(1, i - limit);
            int to = Math.min(b.length(), i + limit);
            current[0] = Math.min(i, infinite);
            if (from > 1) {
                current[from - 1] = infinite;
            }
            int best = infinite;
            for (int j = from; j <= to; j++) {
                int substituted = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int inserted = current[j - 1] + 1;
                int deleted = (j < i + limit ? previous[j] : infinite) + 1;
                current[j] = Math.min(infinite, Math.min(substituted, Math.min(inserted, deleted)));
                best = Math.min(best, current[j]);
            }
            if (best >= infinite && current[0] >= infinite) {
                return infinite;
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
