// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import io.agenamq.tck.client.Line;
import java.time.Duration;

/**
 * What one load does. Every load is bounded by its times and by {@link #countMax}.
 *
 * @param kind which load, see {@link LoadMain}
 * @param threads sending threads; for a fixed rate, the number of producers
 * @param sizeBytes length of a body
 * @param batch messages per request, 1 for none
 * @param window messages under way at once, for loads that do not wait for each
 * @param ratePerSecond the fixed rate, 0 for as fast as possible
 * @param countMax messages after which the load ends early
 */
record Plan(
        String kind,
        String nameServers,
        String topic,
        int topicCount,
        int threads,
        int sizeBytes,
        int batch,
        int window,
        int ratePerSecond,
        Duration warmup,
        Duration measured,
        long countMax) {

    static Plan of(Line line) {
        return new Plan(
                line.text("kind"),
                line.text("nameServers"),
                line.text("topic", "bench"),
                line.number("topics", 1),
                line.number("threads", 1),
                line.number("size", 1024),
                line.number("batch", 1),
                line.number("window", 1024),
                line.number("rate", 0),
                Duration.ofSeconds(line.number("warmupSeconds", 5)),
                Duration.ofSeconds(line.number("seconds", 10)),
                line.has("countMax") ? line.longNumber("countMax") : 100_000_000L);
    }

    /** The topic of message {@code n}, when there are several. */
    String topic(long n) {
        return topicCount == 1 ? topic : topic + "-" + n % topicCount;
    }
}
