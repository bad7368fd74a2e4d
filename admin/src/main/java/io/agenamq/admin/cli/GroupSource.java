// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.AdminClient;
import io.agenamq.admin.AdminClient.Pulled;
import io.agenamq.admin.QueueAddress;
import io.agenamq.admin.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a native topic for a consumer group: all of its queues in turn, from where the group stopped. It takes no part in the group's
 * rebalancing, so it refuses a group that has members: both would get every message.
 */
final class GroupSource implements MessageSource {
    /** One queue and where the group is in it. */
    private static final class Place {
        private final QueueAddress queue;
        private long offset;

        Place(QueueAddress queue, long offset) {
            this.queue = queue;
            this.offset = offset;
        }
    }

    private final AdminClient admin;
    private final String group;
    private final List<Place> places = new ArrayList<>();
    private int turn;

    GroupSource(AdminClient admin, String topic, String group) {
        this.admin = admin;
        this.group = group;
        for (QueueAddress queue : admin.queueAddresses(topic)) {
            List<String> members = admin.groupMembers(group, queue);
            if (!members.isEmpty()) {
                throw new CliFailure(
                        "group '" + group + "' has " + members.size() + " connected consumers, the first is "
                                + members.get(0) + "; stop them, or use another --group");
            }
            long stored = admin.groupOffset(group, queue);
            places.add(new Place(queue, stored >= 0 ? stored : admin.minOffset(queue)));
        }
    }

    /** Looks at every queue once, and then waits at one of them, a slice of the time at each. */
    @Override
    public boolean next(Duration wait, MessagePrinter printer) {
        long end = System.nanoTime() + wait.toNanos();
        for (int i = 0; i < places.size(); i++) {
            if (take(nextPlace(), Duration.ZERO, printer)) {
                return true;
            }
        }
        Duration slice = Duration.ofMillis(Math.max(100, 1000 / places.size()));
        while (System.nanoTime() < end) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (take(nextPlace(), left.compareTo(slice) < 0 ? left : slice, printer)) {
                return true;
            }
        }
        return false;
    }

    private Place nextPlace() {
        return places.get(turn++ % places.size());
    }

    private boolean take(Place place, Duration wait, MessagePrinter printer) {
        Pulled pulled = admin.pull(place.queue, place.offset, 1, wait);
        for (StoredMessage message : pulled.messages()) {
            printer.print(ShownMessage.of(message));
            place.offset = message.offset() + 1;
            admin.commitGroupOffset(group, place.queue, place.offset);
            return true;
        }
        place.offset = pulled.next();
        return false;
    }

    @Override
    public void close() {}
}
