// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.store.cursor.BitPlane;
import io.agenamq.store.queue.QueueEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens to messages of groups in one subscription, told to the {@link GroupSlots} of the lanes that they went through. Where no message has a group
 * this costs a look at a null. Owned by the destination.
 */
final class Grouping {

    private final List<Window> windows;
    private final boolean enabled;
    private final Map<Parking.Place, Place> backingOff = new HashMap<>(); // parked messages, to be redelivered
    private final Map<Parking.Place, Place> held = new HashMap<>(); // what transactions have, until they are decided
    private final QueueEntry entry = new QueueEntry();

    /** Where the group of a message is kept. */
    private record Place(Lane lane, GroupSlots slots, GroupSlots.Slot slot) {}

    /**
     * Without any groups.
     *
     * @param windows live
     * @param enabled whether there can be more than one consumer
     */
    Grouping(List<Window> windows, boolean enabled) {
        this.windows = windows;
        this.enabled = enabled;
    }

    /** Forgets everything; lanes do so themselves. */
    void clear() {
        backingOff.clear();
        held.clear();
    }

    /** A delivery to a consumer of this lane is a transaction's now: its group goes on waiting for it. */
    void held(Lane lane, int window, long offset) {
        Place place = placeOf(lane, window, offset);
        if (place != null) {
            held.put(new Parking.Place(window, offset), place);
        }
    }

    /** The lane that a message of a group went through that a transaction has; null for others. */
    @Nullable
    Lane laneOfHeld(int window, long offset) {
        Place place = held.get(new Parking.Place(window, offset));
        return place == null ? null : place.lane;
    }

    /** A transaction has a message no more. */
    void heldIsOver(int window, long offset) {
        Place place = held.isEmpty() ? null : held.remove(new Parking.Place(window, offset));
        if (place != null) {
            offerAgain(place.lane, place.slots.over(place.slot));
        }
    }

    /** A delivery to a consumer of this lane is over. */
    void over(Lane lane, int window, long offset) {
        Place place = placeOf(lane, window, offset);
        if (place != null) {
            offerAgain(lane, place.slots.over(place.slot));
        }
    }

    /** A message that was delivered to a consumer of this lane waits for its redelivery. */
    void parked(Lane lane, int window, long offset) {
        Place place = placeOf(lane, window, offset);
        if (place != null) {
            place.slots.backOff(place.slot);
            backingOff.put(new Parking.Place(window, offset), place);
        }
    }

    /** A message waits no more; it may never have been delivered. */
    void unparked(int window, long offset) {
        Place place = backingOff.remove(new Parking.Place(window, offset));
        if (place != null) {
            offerAgain(place.lane, place.slots.comeBack(place.slot));
        }
    }

    /** A consumer gets nothing more. */
    void left(AttachedConsumer consumer) {
        GroupSlots groups = consumer.lane.groups();
        if (groups != null) {
            offerAgain(consumer.lane, groups.left(consumer));
        }
    }

    /** The slot of the message that {@code described} describes; null where groups do not matter. */
    GroupSlots.@Nullable Slot slotOf(Lane lane, QueueEntry described) {
        boolean grouped = enabled && (described.flags() & QueueEntry.GROUPED) != 0;
        return grouped ? lane.openGroups().slotOf(described) : null;
    }

    /** A message does not wait for the owner of its group any more; false if it did not. */
    boolean stopWaiting(Lane lane, QueueEntry described, int window, long offset) {
        GroupSlots.Slot slot = slotOf(lane, described);
        int priority = windows.get(window).priority(offset);
        return slot != null && lane.openGroups().stopWaiting(slot, new GroupSlots.Waiting(window, priority, offset));
    }

    /** What waits for this consumer because of its group, and comes before what its lane has next; {@link BitPlane#NONE} if nothing does. */
    long nextWaiting(AttachedConsumer consumer, int window, long fromLane) {
        GroupSlots groups = consumer.lane.groups();
        if (groups == null) {
            return BitPlane.NONE;
        }
        Window of = windows.get(window);
        GroupSlots.Waiting next = groups.next(
                consumer, window, message -> of.isSettled(message.offset()) || !of.isFree(message.offset()));
        if (next == null) {
            return BitPlane.NONE;
        }
        boolean isFirst = fromLane == BitPlane.NONE || next.isBefore(of.priority(fromLane), fromLane);
        return isFirst ? next.offset() : BitPlane.NONE;
    }

    private @Nullable Place placeOf(Lane lane, int window, long offset) {
        GroupSlots slots = lane.groups();
        if (slots == null || !windows.get(window).queue().read(offset, entry)) {
            return null;
        }
        GroupSlots.Slot slot = slots.slotOf(entry);
        return slot == null ? null : new Place(lane, slots, slot);
    }

    /** Messages that waited for the owner of their group have none any more. */
    private void offerAgain(Lane lane, List<GroupSlots.Waiting> free) {
        for (GroupSlots.Waiting message : free) {
            windows.get(message.window()).offerAgain(message.offset());
            lane.cameBack(message.window(), message.offset(), message.priority());
        }
    }
}
