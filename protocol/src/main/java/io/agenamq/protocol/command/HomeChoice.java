// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which of some brokers a new destination is to live on: the one whose name together with the destination's has the highest hash (rendezvous
 * hashing). Everybody who knows the same brokers chooses the same; names spread evenly; and a broker more or less changes the choice only for
 * the names that it would have.
 *
 * <p>It is a proposal: who knows other brokers chooses otherwise, so that the name servers decide ({@link JmsHomeRequest}).
 */
public final class HomeChoice {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private HomeChoice() {}

    /**
     * The broker for a destination.
     *
     * @param brokers names, at least one
     */
    public static String of(String topic, Collection<String> brokers) {
        String best = null;
        long bestWeight = 0;
        for (String broker : brokers) {
            long weight = weight(topic, broker);
            int order = best == null ? 1 : Long.compareUnsigned(weight, bestWeight);
            if (best == null || order > 0 || (order == 0 && broker.compareTo(best) < 0)) {
                best = broker;
                bestWeight = weight;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException("a choice needs brokers");
        }
        return best;
    }

    /**
     * The brokers for a destination that is spread over several, the best first.
     *
     * @param count how many, at most as there are
     */
    public static List<String> of(String topic, Collection<String> brokers, int count) {
        List<String> left = new ArrayList<>(brokers);
        List<String> chosen = new ArrayList<>();
        while (chosen.size() < count) {
            String best = of(topic, left);
            chosen.add(best);
            left.remove(best);
        }
        return chosen;
    }

    private static long weight(String topic, String broker) {
        // No name has a zero byte: the two do not run into one another.
        long hash = fnv(fnv(FNV_OFFSET, broker) * FNV_PRIME, topic);
        // FNV leaves the upper bits of short texts alike; this mixes all of them (the finaliser of MurmurHash3).
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }

    private static long fnv(long seed, String text) {
        long hash = seed;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }
}
