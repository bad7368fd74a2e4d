// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsAttachResponse;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsDetachRequest;
import io.agenamq.protocol.frame.Header;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.remoting.ConnectionListener;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingServer;
import io.agenamq.remoting.RemotingServerConfig;
import io.agenamq.remoting.Request;
import io.agenamq.remoting.SharedLoops;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a wire does with a broker that is late. */
class RemotingWireTest {

    private static final int WAIT_SECONDS = 60;

    private final DeliverySink nobody = new DeliverySink() {
        @Override
        public void delivered(int epoch, long sequence, int deliveryCount, ByteBuffer records, int at, int bytes) {}

        @Override
        public long lost() {
            return 0;
        }

        @Override
        public void restarted(boolean resumed) {}
    };

    @Test
    void a_consumer_that_begins_after_its_client_has_given_up_waiting_ends_again() throws Exception {
        CompletableFuture<Request> attach = new CompletableFuture<>();
        CompletableFuture<JmsDetachRequest> detach = new CompletableFuture<>();
        HandlerTable broker = new HandlerTable()
                .register(JmsCode.ATTACH, attach::complete)
                .register(JmsCode.DETACH, request -> {
                    detach.complete(JmsDetachRequest.readFrom(request.frame().fields()));
                    request.reply(Header.NONE);
                });
        RemotingServerConfig config = RemotingServerConfig.listeningOn(HostPort.parse("127.0.0.1:0"));
        try (RemotingServer server = RemotingServer.start(config, broker, ConnectionListener.NONE)) {
            HostPort address = HostPort.of(server.address());
            LinkConfig late = new LinkConfig(
                    List.of(address),
                    Duration.ofSeconds(WAIT_SECONDS),
                    Duration.ofMillis(50),
                    Duration.ZERO,
                    true,
                    null);
            try (RemotingWire wire = new RemotingWire(late, "client", new SharedLoops(1, "test"), () -> {})) {
                CompletableFuture<WireConsumer.Attached> attached = wire.attach(
                        new Route.Home("broker-a", address, 1),
                        new ConsumerSpec("Orders", DestinationKind.QUEUE, null, null, null, null),
                        1,
                        1,
                        0,
                        0,
                        nobody);
                Throwable failure = catchThrowable(() -> attached.get(WAIT_SECONDS, TimeUnit.SECONDS));
                assertThat(ClientException.of(failure).reason()).isEqualTo(Reason.TIMED_OUT);

                attach.get(WAIT_SECONDS, TimeUnit.SECONDS).reply(new JmsAttachResponse(false, 0));

                JmsDetachRequest ended = detach.get(WAIT_SECONDS, TimeUnit.SECONDS);
                assertThat(ended.consumer()).isEqualTo(1);
                assertThat(ended.all()).isTrue();
                assertThat(ended.seen()).isZero();
            }
        }
    }
}
