// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.directory;

import io.agenamq.protocol.command.TopicConfig;

/**
 * Tells the name servers that the topics are others than before. A client that is told "done" looks the route up next, so whoever creates a
 * topic for it answers {@link #afterwards}. Any thread may call it; it does not block.
 */
public interface Announcer {

    /** Topics went away, or what is allowed on topics has changed. */
    void changed();

    /** {@code topic} is new, or different. */
    void changed(TopicConfig topic);

    /**
     * Runs {@code task} once when the name servers have been told of all changes before this call; at once if they have; without them if they
     * do not answer within a second. On a thread of the announcer, so it must not block.
     */
    void afterwards(Runnable task);
}
