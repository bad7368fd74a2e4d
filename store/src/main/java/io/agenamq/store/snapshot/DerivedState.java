// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.snapshot;

import io.agenamq.store.log.AppendRefusedException;
import io.agenamq.store.log.ControlType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One state machine that is derived from the commit log: topics, groups, offsets, consume queues, cursors.
 *
 * <p>The shape is decide – append – apply. Whoever wants a change reads the state, decides, and appends a control record;
 * {@link #apply} is the only mutator of what must survive. It runs in log order, live under the append lock and again during recovery, so it
 * cannot fail, reads no clock and depends on nothing but the applied state and the record. Whatever a state keeps besides (credit, waiters,
 * dirty values on their way into the log) it keeps visibly apart and never in a snapshot.
 *
 * <p>The log forgets: retention drops old segments, and with them the records a state came from. Before it does, every state is asked to
 * {@link #restate} what only those records said. So the rest of the log always tells everything, with or without a snapshot.
 */
public interface DerivedState {

    /** Names the section of this state in a snapshot: stable, short, ASCII. */
    String name();

    /**
     * Applies a control record; types of other states are ignored. Under the append lock, or during recovery by its only thread.
     *
     * @param position byte address of the record
     * @param payload the payload from position to limit; valid during the call only
     */
    void apply(long position, ControlType type, ByteBuffer payload);

    /**
     * Fixes what the snapshot will say. Called under the append lock, so it must take microseconds: copy what is small, note a bound for
     * what only grows, mark for copy-on-write what changes.
     */
    Capture capture();

    /**
     * Takes over the section that a {@link Capture} wrote. Called on an empty state, before any record is applied.
     *
     * @throws CorruptStateException if the section makes no sense; the whole snapshot is then discarded, and {@link #clear} follows
     */
    void load(StateInput in);

    /** Forgets everything: no snapshot fits, or the load of this or of another section failed. */
    void clear();

    /**
     * Appends again what is still true but was said only by records below {@code position}, which are about to be dropped. On the
     * housekeeper, without the append lock. What it appends comes back through {@link #apply} and must change nothing.
     *
     * @param out its monitor is the decision lock of the store's own tables: whoever holds it from reading to appending cannot be overtaken
     *     by a removal. Held for one record at a time, since others wait.
     */
    void restate(long position, ControlSink out) throws AppendRefusedException;

    /**
     * Prints the applied state, complete and in a fixed order: two stores with the same digest answer the same. For tests and for
     * {@code store verify}; not while appends run.
     */
    void digest(StringBuilder out);

    /** The captured part of a state on its way into a snapshot. */
    interface Capture {

        /**
         * Writes the section, and forces whatever files of its own it refers to. Called at most once, on the housekeeper, without the append
         * lock.
         */
        void writeTo(StateOutput out);

        /** The snapshot is on disk and will survive; the last but one before it is gone. */
        default void published() {}

        /** The snapshot could not be written; the ones before it stay. */
        default void abandoned() {}
    }

    /** Where control records go. */
    interface ControlSink {

        /** Appends one control record in a batch of its own and returns the position behind it. */
        long append(ControlType type, ByteBuffer payload) throws AppendRefusedException;

        /** Appends several control records and returns the position behind the last. The log's own sink does it in one batch: all or nothing. */
        default long appendAll(List<Control> controls) throws AppendRefusedException {
            long end = 0;
            for (Control control : controls) {
                end = append(control.type(), control.payload());
            }
            return end;
        }
    }

    /** A control record that is not in the log yet. */
    record Control(ControlType type, ByteBuffer payload) {}
}
