// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.TemporaryTopic;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.store.Store;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queues for dead letters of this broker, made when the first letter comes. Any thread; does not block. */
final class DeadLetterQueues implements DeadLetters.Graveyard {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterQueues.class);

    private final Store store;
    private final DestinationCatalog catalog;
    private final Executor owners;

    DeadLetterQueues(Store store, DestinationCatalog catalog, Executor owners) {
        this.store = store;
        this.catalog = catalog;
        this.owners = owners;
    }

    @Override
    public @Nullable String queueFor(String topic, Runnable whenMade) {
        if (TemporaryTopic.isTemporary(topic)) {
            return DeadLetters.NOWHERE;
        }
        String queue = DeadLetters.queueOf(topic);
        if (store.queue(queue, 0) != null) {
            return queue;
        }
        owners.execute(() -> {
            try {
                catalog.createDeadLetterQueue(queue);
                whenMade.run();
            } catch (ProtocolException refused) {
                LOG.warn("dead letters of '{}' wait: {}", topic, refused.getMessage());
            }
        });
        return null;
    }
}
