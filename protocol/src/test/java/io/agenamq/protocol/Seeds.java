// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Where every randomised test gets its randomness. Each run picks a fresh seed unless {@code -Dagena.seed=…} names one, and a failing
 * body is reported together with the seed that replays it.
 */
public final class Seeds {

    private static final String PROPERTY = "agena.seed";

    private Seeds() {}

    /** Runs {@code body} with {@code count} different seeds; the first failure is rethrown with its seed in the message. */
    public static void forEach(int count, Consumer<Random> body) {
        String given = System.getProperty(PROPERTY, "");
        if (!given.isEmpty()) {
            run(Long.parseLong(given), body);
            return;
        }
        long first = ThreadLocalRandom.current().nextLong();
        for (int i = 0; i < count; i++) {
            run(first + i, body);
        }
    }

    /** Runs {@code body} once. */
    public static void once(Consumer<Random> body) {
        forEach(1, body);
    }

    private static void run(long seed, Consumer<Random> body) {
        try {
            body.accept(new Random(seed));
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("failed with -D" + PROPERTY + "=" + seed + ": " + failure.getMessage(), failure);
        }
    }
}
