// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Header;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriteOrderTest {

    private static final int REQUEST = 1;
    private static final int PUSHED = 2;
    private static final int COUNT = 2_000;

    @Test
    void a_frame_of_the_loop_does_not_overtake_one_that_another_thread_wrote_before() throws Exception {
        List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Void> all = new CompletableFuture<>();
        HandlerTable pushes = new HandlerTable().register(PUSHED, request -> {
            seen.add(request.frame().fields().requireInt("n"));
            if (seen.size() == COUNT) {
                all.complete(null);
            }
        });
        ExecutorService other = Executors.newSingleThreadExecutor();
        HandlerTable requests = new HandlerTable().register(REQUEST, request -> {
            Connection connection = request.connection();
            for (int number = 0; number < COUNT; number += 2) {
                int even = number;
                CompletableFuture.runAsync(() -> connection.push(PUSHED, numbered(even), Body.EMPTY), other)
                        .join();
                connection.push(PUSHED, numbered(even + 1), Body.EMPTY);
            }
            request.reply(Header.NONE);
        });
        try (RemotingServer server = RemotingServer.start(
                        RemotingServerConfig.listeningOn(new HostPort("127.0.0.1", 0)),
                        requests,
                        ConnectionListener.NONE);
                RemotingClient client = new RemotingClient(RemotingClientConfig.defaults(), pushes)) {
            HostPort address = HostPort.of(server.address());
            client.call(address, REQUEST, Header.NONE, Body.EMPTY, Duration.ofSeconds(30))
                    .get(30, TimeUnit.SECONDS);
            all.get(60, TimeUnit.SECONDS);
        } finally {
            other.shutdownNow();
        }

        assertThat(seen).isSorted().hasSize(COUNT);
    }

    private static Header numbered(int number) {
        return (FieldWriter out) -> out.put("n", number);
    }
}
