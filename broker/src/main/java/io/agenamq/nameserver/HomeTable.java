// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.Partitions;
import io.agenamq.protocol.command.TopicConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On which brokers the destinations of Jakarta Messaging live, also while these are away: what a route, which is about who is there, does not
 * say. So a destination whose broker is away is waited for, and not made a second time elsewhere.
 *
 * <p>It learns of homes when they are claimed, and when brokers register. A claim is granted if nobody else has the name; of two that come at
 * once the first is granted, because there is one lock. A home is forgotten when its broker registers without the destination, or when an
 * operator has it deleted. What is here survives a restart as far as the {@link HomeFile} does.
 *
 * <p>Several homes are what a partitioned queue has. One that is not, and has several all the same (name servers that did not know of each
 * other's claims), is named in the log; clients send to and consume from all of them, so that nothing is lost by it but the order.
 *
 * <p>Any thread; memory only.
 */
final class HomeTable {

    private static final Logger LOG = LoggerFactory.getLogger(HomeTable.class);

    /** More than this is refused: whoever reaches a name server can claim. */
    private static final int COUNT_MAX = 500_000;

    private static final int NAME_LENGTH_MAX = 255;

    /** A broker may be silent about what it has claimed for so long: its registration may have been on its way. */
    private static final Duration CLAIM_GRACE = Duration.ofSeconds(30);

    private static final String DEAD_LETTERS = "%DLQ%";

    private final HomeFile file;
    private final LongSupplier nanoTime;
    private final Map<String, List<String>> homes;

    /** When something was claimed that its broker has not registered yet. */
    private final Map<Home, Long> claimedAtNanos = new HashMap<>();

    /** A destination on one broker. */
    record Home(String topic, String broker) {}

    /**
     * A table of what a file has.
     *
     * @param nanoTime a monotonic clock
     */
    HomeTable(HomeFile file, LongSupplier nanoTime) {
        this.file = file;
        this.nanoTime = nanoTime;
        this.homes = new HashMap<>();
        file.homes().forEach(home -> put(home.topic(), home.broker()));
    }

    /** The brokers that a destination lives on, by name; empty if it lives nowhere. */
    synchronized List<String> homesOf(String topic) {
        return homes.getOrDefault(topic, List.of());
    }

    /**
     * A broker wants to have a destination.
     *
     * @return the brokers that it lives on now; the claim is granted if this broker is among them
     */
    synchronized List<String> claim(String topic, String broker) {
        List<String> known = homesOf(topic);
        if (!known.isEmpty() || homes.size() >= COUNT_MAX || !isName(topic) || !isName(broker)) {
            return known;
        }
        claimedAtNanos.put(new Home(topic, broker), nanoTime.getAsLong());
        add(topic, broker);
        return homesOf(topic);
    }

    private static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= NAME_LENGTH_MAX
                && text.chars().noneMatch(c -> c < ' ');
    }

    /** A broker has told all its topics: destinations among them live there, and others do not. */
    synchronized void registered(String broker, Collection<TopicConfig> topics) {
        Set<String> present = new HashSet<>();
        for (TopicConfig topic : topics) {
            String name = topic.topicName();
            if (DestinationKind.of(topic.attributes().get(DestinationKind.ATTRIBUTE)) == DestinationKind.NATIVE) {
                continue;
            }
            present.add(name);
            claimedAtNanos.remove(new Home(name, broker));
            List<String> known = homesOf(name);
            if (!known.contains(broker) && homes.size() < COUNT_MAX && isName(name) && isName(broker)) {
                add(name, broker);
                if (!known.isEmpty()
                        && !name.startsWith(DEAD_LETTERS)
                        && known.size() >= Partitions.of(topic.attributes())) {
                    LOG.warn("destination '{}' lives on {} and on {} as well", name, String.join(", ", known), broker);
                }
            }
        }
        List<String> gone = new ArrayList<>();
        homes.forEach((topic, brokers) -> {
            if (brokers.contains(broker) && !present.contains(topic) && !isFresh(new Home(topic, broker))) {
                gone.add(topic);
            }
        });
        gone.forEach(topic -> remove(topic, broker));
    }

    private boolean isFresh(Home home) {
        Long since = claimedAtNanos.get(home);
        if (since == null) {
            return false;
        }
        boolean fresh = nanoTime.getAsLong() - since < CLAIM_GRACE.toNanos();
        if (!fresh) {
            claimedAtNanos.remove(home);
        }
        return fresh;
    }

    /** A destination is deleted everywhere. */
    synchronized void forget(String topic) {
        homesOf(topic).forEach(broker -> {
            claimedAtNanos.remove(new Home(topic, broker));
            remove(topic, broker);
        });
    }

    private void add(String topic, String broker) {
        put(topic, broker);
        file.added(new Home(topic, broker));
    }

    private void put(String topic, String broker) {
        List<String> known = homes.get(topic);
        if (known == null) {
            homes.put(topic, List.of(broker));
        } else if (!known.contains(broker)) {
            List<String> more = new ArrayList<>(known);
            more.add(broker);
            more.sort(null);
            homes.put(topic, List.copyOf(more));
        }
    }

    private void remove(String topic, String broker) {
        List<String> left =
                homesOf(topic).stream().filter(each -> !each.equals(broker)).toList();
        if (left.isEmpty()) {
            homes.remove(topic);
        } else {
            homes.put(topic, left);
        }
        file.removed(new Home(topic, broker));
    }
}
