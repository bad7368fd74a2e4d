// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.ConnectionListener;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import io.agenamq.remoting.RemotingServer;
import io.agenamq.remoting.RemotingServerConfig;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.StoreConfig;
import io.agenamq.store.disk.SimulatedDisk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sends that wait for a disk that forces only when the test says so. */
class SlowDiskSendsTest {

    private static final int SEND = 1;
    private static final int FORCE = 2;
    private static final int BUDGET_BYTES = 3000;

    /** Each takes more than this. */
    private static final int SEND_BYTES = 200;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private Store store;
    private SendBurst burst;
    private RemotingServer server;
    private RemotingClient client;
    private Connection connection;

    @BeforeEach
    void start() throws Exception {
        store = Store.openStepped(
                StoreConfig.defaults(), new SimulatedDisk(), InstantSource.system(), (what, cause) -> {
                    throw new AssertionError(what, cause);
                });
        store.topics().put(new TopicConfig("T", 1, 1, 6));
        burst = new SendBurst(
                store.log(),
                Runnable::run,
                System::nanoTime,
                PATIENCE,
                new Throughput(System::nanoTime),
                new UnflushedBudget(BUDGET_BYTES));
        HandlerTable handlers = new HandlerTable().register(SEND, this::handle).register(FORCE, request -> {
            store.log().flushOnce();
            request.reply(Header.NONE);
        });
        server = RemotingServer.start(
                RemotingServerConfig.listeningOn(new HostPort("127.0.0.1", 0)), handlers, ConnectionListener.NONE);
        client = new RemotingClient(RemotingClientConfig.defaults(), new HandlerTable());
        connection = client.connect(HostPort.of(server.address()), PATIENCE).join();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        store.close();
    }

    @Test
    void sends_that_wait_for_the_disk_are_refused_when_they_take_too_much_memory_and_accepted_again_afterwards() {
        int atMost = BUDGET_BYTES / SEND_BYTES;
        List<CompletableFuture<Frame>> waiting = new ArrayList<>();
        for (int i = 0; i < atMost; i++) {
            waiting.add(send());
        }

        assertThat(send().join().code()).isEqualTo(ResponseCode.SYSTEM_BUSY);
        assertThat(waiting.get(0)).isNotDone();

        call(FORCE, "").join();
        assertThat(waiting.get(0).join().code()).isEqualTo(ResponseCode.SUCCESS);
        CompletableFuture<Frame> next = send();
        call(FORCE, "").join();
        assertThat(next.join().code()).isEqualTo(ResponseCode.SUCCESS);
    }

    private CompletableFuture<Frame> send() {
        return call(SEND, "x".repeat(1000));
    }

    private CompletableFuture<Frame> call(int code, String padding) {
        return connection.call(code, out -> out.put("padding", padding), Body.EMPTY, PATIENCE);
    }

    private void handle(Request request) {
        if (!burst.mayWaitForFlush()) {
            request.refuse(ResponseCode.SYSTEM_BUSY, "enough");
            return;
        }
        burst.makeRoom(1, 1000);
        int first = burst.nextIndex();
        burst.add(new MessageDraft("T", 0, 0, 0, 0, HERE, 0, 0, ByteBuffer.allocate(0), ByteBuffer.allocate(1)));
        burst.added(request, first, true, SendBurst.Departure.AT_ONCE, (batch, index, count) -> Header.NONE);
        burst.end();
    }
}
