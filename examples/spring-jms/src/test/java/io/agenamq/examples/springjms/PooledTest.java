// SPDX-License-Identifier: Apache-2.0
package io.agenamq.examples.springjms;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.provider.AgenaConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;
import org.springframework.jms.core.JmsTemplate;

class PooledTest {

    private static final int SENDERS = 4;
    private static final int EACH = 50;

    @Test
    void a_pool_serves_many_threads_over_few_connections() throws Exception {
        JmsPoolConnectionFactory pool = new JmsPoolConnectionFactory();
        pool.setConnectionFactory(new AgenaConnectionFactory("agena:embedded/pooled"));
        pool.setMaxConnections(2);
        pool.start();
        try {
            JmsTemplate template = new JmsTemplate(pool);
            template.setReceiveTimeout(60_000);
            List<CompletableFuture<Void>> senders = new ArrayList<>();
            for (int sender = 0; sender < SENDERS; sender++) {
                int first = sender * EACH;
                senders.add(CompletableFuture.runAsync(() -> {
                    for (int i = first; i < first + EACH; i++) {
                        template.convertAndSend("orders", "o-" + i);
                    }
                }));
            }
            CompletableFuture.allOf(senders.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);

            TreeSet<Object> received = new TreeSet<>();
            for (int i = 0; i < SENDERS * EACH; i++) {
                received.add(template.receiveAndConvert("orders"));
            }
            assertThat(received).hasSize(SENDERS * EACH).doesNotContainNull();
            assertThat(pool.getNumConnections()).isBetween(1, 2);
        } finally {
            pool.stop();
        }
    }
}
