// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

/** Told about each appended batch on the appending thread, outside of all locks, after {@link LogListener} has applied it: wakes who waits. */
@FunctionalInterface
public interface AppendListener {

    /** The batch has its positions and offsets; it still belongs to the appending thread. */
    void appended(MessageBatch batch);
}
