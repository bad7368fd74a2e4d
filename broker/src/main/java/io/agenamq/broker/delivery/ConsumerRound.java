// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Consumers that take turns, in the order in which they came. A round in which nobody takes anything changes nothing: the first message is the first
 * consumer's, however often the others have been asked before. Owned by the destination.
 */
final class ConsumerRound {

    private final List<AttachedConsumer> consumers = new ArrayList<>();

    /** Index of the one whose turn it is; 0 if there is none. */
    private int next;

    private int last;

    void add(AttachedConsumer consumer) {
        consumers.add(consumer);
    }

    void addAll(ConsumerRound others) {
        consumers.addAll(others.consumers);
    }

    void remove(AttachedConsumer consumer) {
        int index = consumers.indexOf(consumer);
        if (index < 0) {
            return;
        }
        consumers.remove(index);
        if (index < next) {
            next--;
        }
        wrap();
    }

    /** Puts a consumer in the place of another, if that is here. */
    void replace(AttachedConsumer former, AttachedConsumer other) {
        consumers.replaceAll(consumer -> consumer == former ? other : consumer);
    }

    void removeAll(ConsumerRound others) {
        List.copyOf(others.consumers).forEach(this::remove);
    }

    void replaceBy(Collection<AttachedConsumer> others) {
        consumers.clear();
        consumers.addAll(others);
        wrap();
    }

    int size() {
        return consumers.size();
    }

    /** The one whose turn it is; the turn passes on. */
    AttachedConsumer next() {
        last = next++;
        wrap();
        return consumers.get(last);
    }

    /** The turn is not taken; it is still that of the last one. */
    void stay() {
        next = last;
    }

    private void wrap() {
        if (next >= consumers.size()) {
            next = 0;
        }
    }
}
