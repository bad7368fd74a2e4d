// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import org.jspecify.annotations.Nullable;

/**
 * Event loops that several clients use together, so that a hundred connections are a handful of threads, and frames for several of them that arrive at
 * once are one wake-up. The threads begin with the first client and end with the last. Any thread.
 */
public final class SharedLoops {

    private final int count;
    private final String threadName;

    // Guarded by this.
    private @Nullable IoLoops present;
    private int users;

    /**
     * No threads yet.
     *
     * @param count of event loops
     * @param threadName prefix of their names
     */
    public SharedLoops(int count, String threadName) {
        this.count = count;
        this.threadName = threadName;
    }

    /** The loops, for one more user, who {@linkplain #leave leaves} once. */
    synchronized IoLoops join() {
        IoLoops loops = present;
        if (loops == null) {
            loops = new IoLoops(count, threadName);
            present = loops;
        }
        users++;
        return loops;
    }

    /** A user has closed everything that it had. Waits for the threads if it was the last. */
    void leave() {
        IoLoops unused = null;
        synchronized (this) {
            users--;
            if (users == 0) {
                unused = present;
                present = null;
            }
        }
        if (unused != null) {
            unused.close();
        }
    }
}
