// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.DurableSubscription;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The destinations that have something volatile at present: consumers, deliveries in flight, places of lanes. Whoever opens one gets it from here, and
 * once it works on it asks {@link #isActive} whether it was given up meanwhile. Any thread, where nothing else is said.
 */
final class ActiveDestinations {

    private final ConcurrentMap<String, Destination> byTopic = new ConcurrentHashMap<>();
    private final Function<String, Destination> made;

    /**
     * None.
     *
     * @param made makes the destination of a topic, without looking at anything
     */
    ActiveDestinations(Function<String, Destination> made) {
        this.made = made;
    }

    /** The destination of a topic, begun if there is none. */
    Destination open(String topic) {
        return byTopic.computeIfAbsent(topic, made);
    }

    /** The destination of a topic, null if it has nothing volatile. */
    @Nullable
    Destination find(String topic) {
        return byTopic.get(topic);
    }

    /** Whether {@code destination} was not given up. On the thread at work on it the answer stays true. */
    boolean isActive(Destination destination) {
        return byTopic.get(destination.topic()) == destination;
    }

    /** Forgets a destination that nobody uses: its durable state is in the log. On the thread at work on it. */
    void giveUpIfIdle(Destination destination) {
        for (Subscription subscription : destination.subscriptions()) {
            if (!subscription.isIdle()) {
                return;
            }
        }
        byTopic.remove(destination.topic(), destination);
    }

    /** A durable subscription has ended: what its destination knows of it is of no use any more. */
    void forget(DurableSubscription ended) {
        Destination destination = find(ended.topic());
        if (destination != null) {
            destination.postAlways(() -> {
                destination.forget(ended.id());
                destination.afterTurn(() -> giveUpIfIdle(destination));
            });
            destination.work();
        }
    }

    int count() {
        return byTopic.size();
    }
}
