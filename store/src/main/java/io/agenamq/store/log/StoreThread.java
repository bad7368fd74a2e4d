// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

/**
 * A thread of the store. It is never interrupted, because an interrupt closes a file for everybody: its owner asks it to end, by a flag that it
 * looks at, and waits here.
 */
final class StoreThread {

    private final Thread thread;

    StoreThread(String name, Runnable work) {
        thread = new Thread(work, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Returns when the thread has ended, or was never started. The caller's own interrupt is kept for afterwards. */
    void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
