// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Request;
import java.util.function.Consumer;

/**
 * The broker's one {@link SubscriptionRegistry} and whoever has business with it, one at a time: requests wait in a bounded queue, the news that
 * consumers have gone in the order in which they go. Any thread.
 */
final class NamedSubscriptions {

    /** Requests about names that may wait. */
    private static final int TASKS_MAX = 100_000;

    private final SubscriptionRegistry registry; // owned by the tasks
    private final SerialTasks tasks;

    NamedSubscriptions(SubscriptionRegistry registry, SerialTasks tasks) {
        this.registry = registry;
        this.tasks = tasks;
    }

    /** Does what a request asks for; what it throws is the request's refusal. */
    void serve(Request request, Consumer<SubscriptionRegistry> work) {
        if (tasks.count() > TASKS_MAX) {
            request.refuse(ResponseCode.SYSTEM_BUSY, "too many requests wait for named subscriptions");
            return;
        }
        tasks.execute(() -> {
            try {
                work.accept(registry);
            } catch (ProtocolException refused) {
                request.refuse(refused.code(), String.valueOf(refused.getMessage()));
            }
        });
    }

    /** Does something in its turn, which is never refused: it is part of what a request began. */
    void execute(Runnable task) {
        tasks.execute(task);
    }

    /** A consumer of {@code used} has gone; what it has not acknowledged is another question. */
    void left(UsedSubscription used) {
        tasks.execute(() -> registry.left(used));
    }

    /** Nothing of a consumer of {@code used} that has {@link #left} can be acknowledged any more. */
    void done(UsedSubscription used) {
        tasks.execute(() -> registry.done(used));
    }
}
