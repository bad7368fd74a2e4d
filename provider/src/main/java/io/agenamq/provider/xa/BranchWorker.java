// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.xa;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.provider.client.ClientException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Who does the work of branches, one after another: a session. Any thread; nothing blocks. */
public interface BranchWorker {

    /** What is done from now on belongs to a branch. False if nothing can be done any more. */
    boolean begin();

    /**
     * What was done since {@link #begin} is handed over to the brokers as a part of a branch, and what is done from now on belongs to none.
     *
     * @param timeout of the branch; zero for the broker's own
     */
    Handover finish(JmsBranch branch, Duration timeout);

    /** What was done since {@link #begin} is undone, and what is done from now on belongs to no branch. */
    void abandon();

    /**
     * A part on its way to the brokers.
     *
     * @param answers of the brokers that it concerns, by name: which life of the branch it is in; empty if nothing was done
     * @param lost why it was undone instead, null if it was not
     */
    record Handover(Map<String, CompletableFuture<Long>> answers, @Nullable ClientException lost) {

        public Handover {
            answers = Map.copyOf(answers);
        }
    }
}
