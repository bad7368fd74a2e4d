// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoding;
import io.agenamq.protocol.frame.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both ends over loopback: requests, answers, pushes, time-outs, and what happens when one end is gone. */
class RemotingTest {

    private static final int ECHO = 1;
    private static final int REFUSE = 2;
    private static final int FAIL = 3;
    private static final int SILENT = 4;
    private static final int ELSEWHERE = 5;
    private static final int ASK_BACK = 6;
    private static final int COUNT = 7;
    private static final int RECORD = 8;
    private static final int UNKNOWN = 4711;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ExecutorService elsewhere = Executors.newSingleThreadExecutor();
    private final AtomicInteger counted = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();
    private final ConcurrentLinkedQueue<Connection> opened = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Connection> closed = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Integer> recorded = new ConcurrentLinkedQueue<>();
    private final AtomicInteger bursts = new AtomicInteger();
    private RemotingServer server;
    private RemotingClient client;
    private HostPort address;

    @BeforeEach
    void start() throws IOException {
        HandlerTable handlers = new HandlerTable()
                .register(
                        ECHO,
                        request -> request.reply(
                                out -> request.frame().fields().forEach(out::put),
                                new CountedBody(copy(request.frame()))))
                .register(REFUSE, request -> {
                    throw new ProtocolException(17, "no such thing");
                })
                .register(FAIL, request -> {
                    throw new IllegalStateException("a bug");
                })
                .register(SILENT, request -> {})
                .register(ELSEWHERE, request -> elsewhere.execute(() -> request.reply(Header.NONE)))
                .register(ASK_BACK, request -> {
                    var unused = request.connection()
                            .call(ECHO, out -> out.put("asked", "back"), Body.of(new byte[] {9}), TIMEOUT)
                            .thenAccept(answer -> request.reply(
                                    out -> out.put("got", answer.fields().text("asked")), Body.of(answer.body())));
                })
                .register(COUNT, request -> counted.incrementAndGet())
                .register(RECORD, request -> {
                    recorded.add(request.frame().fields().requireInt("n"));
                    request.reply(Header.NONE);
                });
        ConnectionListener listener = new ConnectionListener() {
            @Override
            public void opened(Connection connection) {
                opened.add(connection);
            }

            @Override
            public void closed(Connection connection) {
                closed.add(connection);
            }

            @Override
            public void burstEnded(Connection connection) {
                bursts.incrementAndGet();
            }
        };
        server = RemotingServer.start(
                RemotingServerConfig.listeningOn(HostPort.parse("127.0.0.1:0")), handlers, listener);
        address = HostPort.of(server.address());
        HandlerTable pushHandlers = new HandlerTable()
                .register(
                        ECHO,
                        request -> request.reply(
                                out -> request.frame().fields().forEach(out::put), Body.of(copy(request.frame()))))
                .register(COUNT, request -> counted.incrementAndGet());
        client = new RemotingClient(RemotingClientConfig.defaults(), pushHandlers);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        elsewhere.shutdownNow();
    }

    @Test
    void bodies_of_every_size_come_back_unchanged() throws Exception {
        Random random = new Random(1);
        int[] sizes = {0, 1, 100, 4096, 4097, 65_535, 65_536, 1_000_000, 12_000_000};
        for (int size : sizes) {
            byte[] body = new byte[size];
            random.nextBytes(body);

            Frame answer = client.call(address, ECHO, out -> out.put("size", size), Body.of(body), TIMEOUT)
                    .get();

            assertThat(answer.code()).isZero();
            assertThat(answer.encoding()).isEqualTo(HeaderEncoding.BINARY);
            assertThat(answer.fields().requireInt("size")).isEqualTo(size);
            assertThat(answer.body()).isEqualTo(ByteBuffer.wrap(body));
        }
        await().atMost(TIMEOUT).until(() -> released.get() == sizes.length);
        assertThat(opened).hasSize(1);
    }

    @Test
    void calls_that_wait_for_the_connection_leave_in_their_order() throws Exception {
        List<Integer> expected = new ArrayList<>();
        List<CompletableFuture<Frame>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int number = i;
            expected.add(number);
            answers.add(client.call(address, RECORD, out -> out.put("n", number), Body.EMPTY, TIMEOUT));
        }
        for (CompletableFuture<Frame> answer : answers) {
            answer.get();
        }
        assertThat(recorded).containsExactlyElementsOf(expected);
    }

    @Test
    void a_body_of_many_parts_keeps_their_order() throws Exception {
        List<ByteBuffer> parts = new ArrayList<>();
        ByteBuffer whole = ByteBuffer.allocate(1_000_000);
        Random random = new Random(2);
        while (whole.remaining() > 20_000) {
            byte[] part = new byte[random.nextInt(20_000)];
            random.nextBytes(part);
            ByteBuffer buffer = random.nextBoolean()
                    ? ByteBuffer.wrap(part)
                    : ByteBuffer.allocateDirect(part.length).put(part).flip();
            parts.add(buffer);
            whole.put(part);
        }
        whole.flip();
        Body body = new Body() {
            @Override
            public int length() {
                return whole.remaining();
            }

            @Override
            public void appendTo(List<ByteBuffer> out) {
                parts.forEach(part -> out.add(part.duplicate()));
            }
        };

        Frame answer = client.call(address, ECHO, Header.NONE, body, TIMEOUT).get();

        assertThat(answer.body()).isEqualTo(whole);
    }

    @Test
    void a_peer_that_closes_as_soon_as_it_has_accepted_leaves_nobody_waiting() throws Exception {
        Thread peer;
        try (ServerSocket closing = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            peer = new Thread(() -> closeWhatComes(closing), "closing-peer");
            peer.start();
            HostPort there = new HostPort("127.0.0.1", closing.getLocalPort());
            for (int i = 0; i < 300; i++) {
                assertThatThrownBy(() -> client.call(there, ECHO, Header.NONE, Body.EMPTY, TIMEOUT)
                                .get(60, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class);
            }
        }
        peer.join();
    }

    private static void closeWhatComes(ServerSocket listening) {
        while (true) {
            try {
                listening.accept().close();
            } catch (IOException ended) {
                return;
            }
        }
    }

    @Test
    void an_answer_has_the_encoding_of_its_request() throws Exception {
        try (RawPeer peer = new RawPeer(server.address())) {
            for (HeaderEncoding encoding : List.of(HeaderEncoding.JSON, HeaderEncoding.BINARY, HeaderEncoding.JSON)) {
                peer.send(RawPeer.request(encoding, ECHO, 77, (byte) 5));

                Frame answer = peer.read();

                assertThat(answer.encoding()).isEqualTo(encoding);
                assertThat(answer.opaque()).isEqualTo(77);
                assertThat(answer.isResponse()).isTrue();
                assertThat(answer.body()).isEqualTo(ByteBuffer.wrap(new byte[] {5}));
            }
        }
    }

    @Test
    void a_one_way_request_is_never_answered() throws Exception {
        try (RawPeer peer = new RawPeer(server.address())) {
            for (int code : new int[] {ECHO, REFUSE, FAIL, ELSEWHERE, UNKNOWN}) {
                peer.send(FrameCodec.encode(
                        HeaderEncoding.JSON, code, 1, Frame.FLAG_ONEWAY, null, Header.NONE, Body.EMPTY));
            }
            elsewhere.submit(() -> {}).get();
            peer.request(ECHO, 2);

            assertThat(peer.read().opaque()).isEqualTo(2);
        }
    }

    @Test
    void refusals_and_failures_have_their_codes() throws Exception {
        try (LogLines log = new LogLines()) {
            Frame unknown = call(UNKNOWN);
            Frame refused = call(REFUSE);
            Frame failed = call(FAIL);

            assertThat(unknown.code()).isEqualTo(3);
            assertThat(unknown.remark()).isEqualTo(" request type 4711 not supported");
            assertThat(refused.code()).isEqualTo(17);
            assertThat(refused.remark()).isEqualTo("no such thing");
            assertThat(failed.code()).isEqualTo(1);
            assertThat(failed.remark()).contains("a bug");
            assertThat(log.containing("the handler of request")).hasSize(1);
            assertThat(call(ECHO).code()).isZero();
        }
    }

    @Test
    void an_answer_may_come_from_another_thread() throws Exception {
        assertThat(call(ELSEWHERE).code()).isZero();
    }

    @Test
    void a_server_may_ask_its_client() throws Exception {
        Frame answer = call(ASK_BACK);

        assertThat(answer.fields().text("got")).isEqualTo("back");
        assertThat(answer.body()).isEqualTo(ByteBuffer.wrap(new byte[] {9}));
    }

    @Test
    void pushes_of_one_thread_arrive_in_order_and_without_an_answer() throws Exception {
        call(ECHO);

        for (int i = 0; i < 1000; i++) {
            opened.element().push(COUNT, Header.NONE, Body.EMPTY);
        }

        await().atMost(TIMEOUT).until(() -> counted.get() == 1000);
    }

    @Test
    void answers_find_their_requests_whatever_their_order() throws Exception {
        int threads = 8;
        int perThread = 2000;
        ExecutorService callers = Executors.newFixedThreadPool(threads);
        try {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int base = t * perThread;
                all.add(CompletableFuture.runAsync(
                        () -> {
                            List<CompletableFuture<Frame>> answers = new ArrayList<>();
                            for (int i = 0; i < perThread; i++) {
                                int number = base + i;
                                answers.add(client.call(
                                        address,
                                        number % 3 == 0 ? ELSEWHERE : ECHO,
                                        out -> out.put("n", number),
                                        Body.EMPTY,
                                        TIMEOUT));
                            }
                            for (int i = 0; i < perThread; i++) {
                                int number = base + i;
                                Frame answer = answers.get(i).join();
                                if (number % 3 != 0) {
                                    assertThat(answer.fields().requireInt("n")).isEqualTo(number);
                                }
                            }
                        },
                        callers));
            }
            for (CompletableFuture<Void> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void frames_that_arrive_together_are_one_burst() throws Exception {
        try (RawPeer peer = new RawPeer(server.address())) {
            ByteBuffer all = ByteBuffer.allocate(100_000);
            for (int i = 0; i < 100; i++) {
                all.put(RawPeer.request(HeaderEncoding.BINARY, ECHO, i));
            }
            peer.send(all.flip());

            for (int i = 0; i < 100; i++) {
                assertThat(peer.read().opaque()).isEqualTo(i);
            }
            assertThat(bursts.get()).isLessThan(20);
        }
    }

    @Test
    void a_frame_may_arrive_byte_by_byte() throws Exception {
        try (RawPeer peer = new RawPeer(server.address())) {
            ByteBuffer frame = RawPeer.request(HeaderEncoding.JSON, ECHO, 3, (byte) 1, (byte) 2);
            while (frame.hasRemaining()) {
                peer.send(frame.get());
            }

            assertThat(peer.read().body()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
        }
    }

    @Test
    void a_call_without_answer_times_out_and_the_connection_lives_on() throws Exception {
        CompletableFuture<Frame> answer = client.call(address, SILENT, Header.NONE, Body.EMPTY, Duration.ofMillis(50));

        assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(RemotingException.class)
                .extracting(e -> ((RemotingException) e).reason())
                .isEqualTo(RemotingException.Reason.TIMED_OUT);
        assertThat(call(ECHO).code()).isZero();
        assertThat(opened).hasSize(1);
    }

    @Test
    void a_closed_connection_fails_its_calls_and_the_next_call_connects_again() throws Exception {
        CompletableFuture<Frame> answer = client.call(address, SILENT, Header.NONE, Body.EMPTY, TIMEOUT);
        await().atMost(TIMEOUT).until(() -> !opened.isEmpty());
        CountDownLatch told = new CountDownLatch(1);
        Connection serverSide = opened.element();
        serverSide.onClose(told::countDown);

        serverSide.close("the test wants it");

        assertThatThrownBy(answer::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(RemotingException.class)
                .extracting(e -> ((RemotingException) e).reason())
                .isEqualTo(RemotingException.Reason.CLOSED);
        assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        await().atMost(TIMEOUT).until(() -> closed.size() == 1);
        assertThat(serverSide.isOpen()).isFalse();
        serverSide.push(COUNT, Header.NONE, new CountedBody(new byte[10]));
        assertThat(released.get()).isEqualTo(1);
        assertThat(call(ECHO).code()).isZero();
        assertThat(opened).hasSize(2);
    }

    @Test
    void nobody_there_is_said_at_once() throws Exception {
        // Of the ports that no ordinary process can take; a free one of the others may be taken by the next moment.
        int port = 1;

        CompletableFuture<Frame> answer =
                client.call(new HostPort("127.0.0.1", port), ECHO, Header.NONE, new CountedBody(new byte[1]), TIMEOUT);

        assertThatThrownBy(answer::join)
                .cause()
                .isInstanceOf(RemotingException.class)
                .hasMessageContaining("cannot connect to 127.0.0.1:" + port)
                .extracting(e -> ((RemotingException) e).reason())
                .isEqualTo(RemotingException.Reason.CONNECT_FAILED);
        assertThat(released.get()).isEqualTo(1);
    }

    @Test
    void a_name_is_resolved() throws Exception {
        assertThat(client.call(new HostPort("localhost", address.port()), ECHO, Header.NONE, Body.EMPTY, TIMEOUT)
                        .get()
                        .code())
                .isZero();
        assertThatThrownBy(() -> client.connect(new HostPort("no-such-host.invalid", 1), TIMEOUT)
                        .join())
                .cause()
                .hasMessageContaining("no-such-host.invalid:1");
    }

    @Test
    void a_busy_port_is_said_in_one_line() {
        assertThatThrownBy(() -> RemotingServer.start(
                        RemotingServerConfig.listeningOn(address), new HandlerTable(), ConnectionListener.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on " + address);
    }

    @Test
    void a_paused_connection_is_read_again_when_resumed() throws Exception {
        try (RawPeer peer = new RawPeer(server.address())) {
            peer.request(ECHO, 1);
            peer.read();
            opened.element().pauseReading();
            // The pause is a task of the loop; behind another one it has happened.
            CountDownLatch paused = new CountDownLatch(1);
            opened.element().executor().execute(paused::countDown);
            assertThat(paused.await(30, TimeUnit.SECONDS)).isTrue();

            peer.request(COUNT, 2);
            peer.request(ECHO, 3);
            assertThat(call(ECHO).code()).isZero();
            assertThat(counted.get()).isZero();

            opened.element().resumeReading();
            assertThat(peer.read().opaque()).isEqualTo(3);
            assertThat(counted.get()).isEqualTo(1);
        }
    }

    @Test
    void an_error_at_the_end_of_a_burst_is_that_connections_and_no_others() throws Exception {
        ConnectionListener failing = new ConnectionListener() {
            @Override
            public void burstEnded(Connection connection) {
                if (connection.attachment(String.class) != null) {
                    throw new OutOfMemoryError("in a test");
                }
            }
        };
        HandlerTable handlers = new HandlerTable()
                .register(ECHO, request -> request.reply(Header.NONE))
                .register(FAIL, request -> request.connection().attach(String.class, "fails"));
        RemotingServerConfig config =
                RemotingServerConfig.listeningOn(HostPort.parse("127.0.0.1:0")).withIoThreads(1);
        try (RemotingServer one = RemotingServer.start(config, handlers, failing);
                RemotingClient other = new RemotingClient(RemotingClientConfig.defaults(), new HandlerTable())) {
            HostPort at = HostPort.of(one.address());
            Connection sound = other.connect(at, TIMEOUT).get(60, TimeUnit.SECONDS);
            assertThatThrownBy(() -> client.call(at, FAIL, Header.NONE, Body.EMPTY, TIMEOUT)
                            .get(60, TimeUnit.SECONDS))
                    .hasMessageContaining("was closed");

            Frame answer = sound.call(ECHO, Header.NONE, Body.EMPTY, TIMEOUT).get(60, TimeUnit.SECONDS);
            assertThat(answer.code()).isZero();
        }
    }

    @Test
    void an_error_of_one_who_is_told_of_the_end_keeps_nobody_else_from_learning_it() throws Exception {
        call(ECHO);
        Connection connection = opened.element();
        CountDownLatch told = new CountDownLatch(1);
        connection.onClose(() -> {
            throw new OutOfMemoryError("in a test");
        });
        connection.onClose(told::countDown);

        connection.close("the test is over");

        assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
        await().atMost(Duration.ofSeconds(60)).until(() -> closed.contains(connection));
    }

    @Test
    void a_value_stays_with_its_connection() throws Exception {
        call(ECHO);
        Connection connection = opened.element();

        connection.attach(String.class, "first");
        connection.attach(Integer.class, 5);
        connection.attach(String.class, "second");

        assertThat(connection.attachment(String.class)).isEqualTo("second");
        assertThat(connection.attachment(Integer.class)).isEqualTo(5);
        assertThat(connection.attachment(Long.class)).isNull();
    }

    @Test
    void a_request_is_answered_once() throws Exception {
        CompletableFuture<Throwable> second = new CompletableFuture<>();
        HandlerTable twice = new HandlerTable().register(ECHO, request -> {
            request.reply(Header.NONE);
            try {
                request.refuse(1, "again");
            } catch (IllegalStateException e) {
                second.complete(e);
            }
        });
        try (RemotingServer other = RemotingServer.start(
                RemotingServerConfig.listeningOn(HostPort.parse("127.0.0.1:0")), twice, ConnectionListener.NONE)) {
            Frame answer = client.call(HostPort.of(other.address()), ECHO, Header.NONE, Body.EMPTY, TIMEOUT)
                    .get();

            assertThat(answer.code()).isZero();
            assertThat(second.get(30, TimeUnit.SECONDS)).hasMessageContaining("twice");
        }
    }

    private Frame call(int code) throws Exception {
        return client.call(address, code, Header.NONE, Body.EMPTY, TIMEOUT).get(60, TimeUnit.SECONDS);
    }

    private static byte[] copy(Frame frame) {
        byte[] bytes = new byte[frame.body().remaining()];
        frame.body().get(bytes);
        return bytes;
    }

    /** Notices when it is released. */
    private final class CountedBody implements Body {

        private final byte[] bytes;

        CountedBody(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int length() {
            return bytes.length;
        }

        @Override
        public void appendTo(List<ByteBuffer> out) {
            out.add(ByteBuffer.wrap(bytes));
        }

        @Override
        public void release() {
            released.incrementAndGet();
        }
    }
}
