// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsTraceFact.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a broker remembers of its latest deliveries, for an operator who asks where a message is: to whom, when, and why it came back. The log says less, and
 * knows it for longer.
 *
 * <p>A ring of {@value #NOTES_MAX} notes, each about messages that had the same fate at the same time, so that a busy queue fills it in
 * seconds and an ordinary day in hours. It grows when it is used. Volatile. Any thread; one short lock per note, taken at the ends of turns.
 */
final class DeliveryMemory {

    /** About 2 MiB. */
    static final int NOTES_MAX = 32 * 1024;

    private static final int NOTES_FIRST = 256;

    private final InstantSource clock;
    private final int notesMax;

    // Guarded by this.
    private @Nullable Note[] ring;
    private int next;

    /**
     * One note.
     *
     * @param subscription of a topic, as people call it; null for the one of a queue
     * @param first offset of the first message that it is about
     * @param last offset of the last one
     * @param distance from one to the next
     * @param who the consumer, null for none
     * @param count how often they were delivered by then; 0 if that is not known
     */
    record Note(
            long time,
            Event event,
            String topic,
            int queueId,
            @Nullable String subscription,
            long first,
            long last,
            long distance,
            @Nullable String who,
            int count,
            @Nullable String detail) {

        boolean isAbout(String wantedTopic, int wantedQueueId, long offset) {
            return first <= offset
                    && offset <= last
                    && (offset - first) % distance == 0
                    && queueId == wantedQueueId
                    && topic.equals(wantedTopic);
        }
    }

    DeliveryMemory(InstantSource clock) {
        this(clock, NOTES_MAX);
    }

    private DeliveryMemory(InstantSource clock, int notesMax) {
        this.clock = clock;
        this.notesMax = notesMax;
        this.ring = new @Nullable Note[Math.min(notesMax, NOTES_FIRST)];
    }

    /** One that remembers nothing: of temporary destinations nobody asks. */
    static DeliveryMemory none() {
        return new DeliveryMemory(() -> Instant.EPOCH, 0);
    }

    boolean isOff() {
        return notesMax == 0;
    }

    void add(
            Event event,
            String topic,
            int queueId,
            @Nullable String subscription,
            long first,
            long last,
            long distance,
            @Nullable String who,
            int count,
            @Nullable String detail) {
        if (isOff()) {
            return;
        }
        Note note = new Note(
                clock.millis(), event, topic, queueId, subscription, first, last, distance, who, count, detail);
        synchronized (this) {
            if (next == ring.length && ring.length < notesMax) {
                @Nullable Note[] larger = new @Nullable Note[Math.min(notesMax, ring.length * 2)];
                System.arraycopy(ring, 0, larger, 0, next);
                ring = larger;
            } else if (next == ring.length) {
                next = 0;
            }
            ring[next++] = note;
        }
    }

    /** Shows what is remembered of one message, the oldest first. */
    void about(String topic, int queueId, long offset, Consumer<Note> sink) {
        @Nullable Note[] notes;
        int from;
        synchronized (this) {
            notes = ring.clone();
            from = next;
        }
        for (int i = 0; i < notes.length; i++) {
            Note note = notes[(from + i) % notes.length];
            if (note != null && note.isAbout(topic, queueId, offset)) {
                sink.accept(note);
            }
        }
    }
}
