// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Consumers that take turns. Owned by the destination. */
final class ConsumerRound {

    private final List<AttachedConsumer> consumers = new ArrayList<>();
    private int next;

    void add(AttachedConsumer consumer) {
        consumers.add(consumer);
    }

    void addAll(ConsumerRound others) {
        consumers.addAll(others.consumers);
    }

    void remove(AttachedConsumer consumer) {
        consumers.remove(consumer);
    }

    /** Puts a consumer in the place of another, if that is here. */
    void replace(AttachedConsumer former, AttachedConsumer other) {
        consumers.replaceAll(consumer -> consumer == former ? other : consumer);
    }

    void removeAll(ConsumerRound others) {
        consumers.removeAll(others.consumers);
    }

    void replaceBy(Collection<AttachedConsumer> others) {
        consumers.clear();
        consumers.addAll(others);
    }

    int size() {
        return consumers.size();
    }

    /** The one whose turn it is; the turn passes on. */
    AttachedConsumer next() {
        next = next < consumers.size() ? next : 0;
        return consumers.get(next++);
    }

    /** The turn is not taken; it is still that of the last one. */
    void stay() {
        next--;
    }
}
