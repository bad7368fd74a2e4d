// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import io.agenamq.tck.client.Line;
import java.time.Duration;

/**
 * What one load does. A load ends with its time, or with its count.
 *
 * @param run its number among the loads of its process
 * @param kind which load, see {@link JmsLoadMain}
 * @param factory class of the connection factory, which has a constructor for a URL
 * @param destination name of the queue or topic
 * @param mode how consumers acknowledge: auto, client, dups-ok, transacted
 * @param every messages to each acknowledgement or commit, where the client decides
 * @param window messages under way at once, for loads that do not wait for each
 * @param ratePerSecond the fixed rate
 * @param destinations how many queues there are, or clients that share one
 * @param countMax messages after which a load ends that has no time
 */
record JmsPlan(
        int run,
        String kind,
        String factory,
        String url,
        String destination,
        int producers,
        int consumers,
        String mode,
        int every,
        int sizeBytes,
        int window,
        int ratePerSecond,
        int destinations,
        long countMax,
        Duration warmup,
        Duration measured) {

    static JmsPlan of(Line line) {
        return new JmsPlan(
                line.number("run", 0),
                line.text("kind"),
                line.text("factory"),
                line.text("url"),
                line.text("destination"),
                line.number("producers", 1),
                line.number("consumers", 1),
                line.text("mode", "auto"),
                line.number("every", 100),
                line.number("size", 1024),
                line.number("window", 1024),
                line.number("rate", 0),
                line.number("destinations", 1),
                line.has("countMax") ? line.longNumber("countMax") : 0,
                Duration.ofSeconds(line.number("warmupSeconds", 5)),
                Duration.ofSeconds(line.number("seconds", 10)));
    }
}
