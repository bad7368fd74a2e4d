// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import java.util.Map;

/**
 * The settings of a running broker: one volatile reference to an immutable {@link Settings}, so that a handler that reads a changeable option
 * always sees a consistent, checked value. Changes last until the process ends. Safe for all threads.
 */
public final class LiveSettings {

    private volatile Settings current;

    /** Starts with what the process was configured with. */
    public LiveSettings(Settings initial) {
        current = initial;
    }

    /** The value of {@code option} now. */
    public <T> T get(Option<T> option) {
        return current.get(option);
    }

    /** All values now. */
    public Settings current() {
        return current;
    }

    /** Applies changes to options declared as changeable, all or none; throws {@link ConfigException} naming the first that is not. */
    public synchronized void change(Map<String, String> changes) {
        current = current.with(changes);
    }
}
