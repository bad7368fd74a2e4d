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
import io.agenamq.store.log.AppendRefusedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A burst between the checks of its sends and the log. Requests say when it ends, so that a test decides what happens before. */
class SendBurstTest {

    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int END = 3;
    private static final int READ_AND_WRITE = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private final CopyOnWriteArrayList<String> faults = new CopyOnWriteArrayList<>();
    private Store store;
    private SendBurst burst;
    private RemotingServer server;
    private RemotingClient client;
    private Connection connection;

    @BeforeEach
    void start() throws Exception {
        store = Store.open(
                StoreConfig.defaults(),
                new SimulatedDisk(),
                InstantSource.system(),
                (what, cause) -> faults.add(what + ": " + cause));
        store.topics().put(new TopicConfig("kept", 1, 1, READ_AND_WRITE));
        store.topics().put(new TopicConfig("gone", 1, 1, READ_AND_WRITE));
        burst = new SendBurst(
                store.log(),
                Runnable::run,
                System::nanoTime,
                PATIENCE,
                new Throughput(System::nanoTime),
                new UnflushedBudget(1 << 20));
        HandlerTable handlers = new HandlerTable()
                .register(ADD, this::add)
                .register(DELETE, this::delete)
                .register(END, request -> {
                    burst.end();
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
        assertThat(faults).isEmpty();
    }

    @Test
    void a_message_whose_topic_is_deleted_meanwhile_is_refused_and_the_others_are_stored() {
        CompletableFuture<Frame> first = send("kept", 2);
        CompletableFuture<Frame> gone = send("gone", 1);
        CompletableFuture<Frame> last = send("kept", 1);

        call(DELETE, "gone", 0).join();
        call(END, "", 0).join();

        assertThat(gone.join().code()).isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
        assertThat(gone.join().remark()).contains("'gone'");
        assertThat(first.join().code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(first.join().fields().requireLong("offset")).isZero();
        assertThat(last.join().code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(last.join().fields().requireLong("offset")).isEqualTo(2);
        assertThat(store.queue("kept", 0).maxOffset()).isEqualTo(3);
    }

    @Test
    void the_next_burst_is_a_burst_again() {
        CompletableFuture<Frame> gone = send("gone", 1);
        call(DELETE, "gone", 0).join();
        call(END, "", 0).join();
        assertThat(gone.join().code()).isEqualTo(ResponseCode.TOPIC_NOT_EXIST);

        CompletableFuture<Frame> one = send("kept", 1);
        CompletableFuture<Frame> other = send("kept", 1);
        call(END, "", 0).join();

        assertThat(one.join().fields().requireLong("offset")).isZero();
        assertThat(other.join().fields().requireLong("offset")).isEqualTo(1);
    }

    private CompletableFuture<Frame> send(String topic, int count) {
        return call(ADD, topic, count);
    }

    private CompletableFuture<Frame> call(int code, String topic, int count) {
        return connection.call(
                code,
                out -> {
                    out.put("topic", topic);
                    out.put("count", count);
                },
                Body.EMPTY,
                PATIENCE);
    }

    private void add(Request request) {
        int count = request.frame().fields().requireInt("count");
        burst.makeRoom(count, 1000L * count);
        int first = burst.nextIndex();
        for (int i = 0; i < count; i++) {
            burst.add(new MessageDraft(
                    request.frame().fields().requireText("topic"),
                    0,
                    0,
                    0,
                    0,
                    HERE,
                    0,
                    0,
                    ByteBuffer.allocate(0),
                    ByteBuffer.wrap(new byte[] {(byte) i})));
        }
        burst.added(
                request,
                first,
                false,
                SendBurst.Departure.AT_ONCE,
                (batch, index, stored) -> out -> out.put("offset", batch.queueOffset(index)));
    }

    private void delete(Request request) {
        try {
            store.topics().remove(request.frame().fields().requireText("topic"));
            request.reply(Header.NONE);
        } catch (AppendRefusedException refused) {
            request.refuse(ResponseCode.SYSTEM_ERROR, String.valueOf(refused.getMessage()));
        }
    }
}
