// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.table;

import java.util.Arrays;

/**
 * How far one group has consumed one topic, queue by queue.
 *
 * <p>{@code applied} is what the log says. {@code current} is what was committed last, perhaps not in the log yet: not in the log; rebuilt by
 * clients, which commit again or consume a little twice. Commits are a few array stores under the lock of this object, which nobody holds for
 * longer.
 */
final class GroupProgress {

    /** What a queue has as long as nothing was committed. */
    static final long NONE = -1;

    private static final long[] NOTHING = new long[0];

    private final String group;
    private final String topic;

    private long[] current = NOTHING;
    private boolean dirty;
    private boolean removed;

    /** Replaced, never changed, so that a snapshot needs the reference only. */
    private long[] applied = NOTHING;

    private long position;

    GroupProgress(String group, String topic) {
        this.group = group;
        this.topic = topic;
    }

    String group() {
        return group;
    }

    String topic() {
        return topic;
    }

    synchronized long get(int queueId) {
        return queueId < current.length ? current[queueId] : NONE;
    }

    synchronized long[] all() {
        return current.clone();
    }

    /** True if this must be written to the log and was not going to be before. */
    synchronized boolean commit(int queueId, long offset) {
        if (queueId < current.length && current[queueId] == offset) {
            return false;
        }
        if (queueId >= current.length) {
            int length = current.length;
            current = Arrays.copyOf(current, queueId + 1);
            Arrays.fill(current, length, current.length, NONE);
        }
        current[queueId] = offset;
        return becomeDirty();
    }

    /** What the log should say now; commits from here on need another record. */
    synchronized long[] take() {
        dirty = false;
        return current.clone();
    }

    /** The record could not be appended. True as for {@link #commit}. */
    synchronized boolean untake() {
        return becomeDirty();
    }

    private boolean becomeDirty() {
        if (dirty || removed) {
            return false;
        }
        dirty = true;
        return true;
    }

    synchronized void apply(long[] offsets, long recordPosition) {
        applied = offsets;
        position = recordPosition;
        // If something was committed after the record was made, current is newer in every queue.
        if (!dirty) {
            current = offsets.clone();
        }
    }

    /** What the log says at this moment, without what is not in the log. Shares the array, which never changes. */
    synchronized GroupProgress copy() {
        GroupProgress copy = new GroupProgress(group, topic);
        copy.applied = applied;
        copy.position = position;
        return copy;
    }

    synchronized void remove() {
        removed = true;
    }

    synchronized boolean removed() {
        return removed;
    }

    synchronized long[] applied() {
        return applied;
    }

    synchronized long position() {
        return position;
    }
}
