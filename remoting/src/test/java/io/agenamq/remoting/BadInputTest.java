// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a hostile or broken peer can do: it is closed with one log line that says why, and a well-behaved peer, which every test also has,
 * notices nothing.
 */
class BadInputTest {

    private static final int ECHO = 1;
    private static final int BIG = 2;
    private static final int HEAP = 3;
    private static final int BIG_BYTES = 256 * 1024;
    private static final int PAUSE_BYTES = 1024 * 1024;
    private static final int CLOSE_BYTES = 8 * 1024 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final AtomicInteger bigHanded = new AtomicInteger();
    private final AtomicInteger bigReleased = new AtomicInteger();
    private final AtomicReference<Connection> bigAsker = new AtomicReference<>();
    private final AtomicInteger openCount = new AtomicInteger();
    private final LogLines log = new LogLines();
    private RemotingServer server;
    private RawPeer good;

    @BeforeEach
    void start() throws IOException {
        start(RemotingServerConfig.listeningOn(HostPort.parse("127.0.0.1:0")));
    }

    private void start(RemotingServerConfig config) throws IOException {
        HandlerTable handlers = new HandlerTable()
                .register(ECHO, request -> request.reply(Header.NONE, Body.of(copy(request.frame()))))
                .register(BIG, request -> {
                    bigAsker.set(request.connection());
                    bigHanded.incrementAndGet();
                    request.reply(Header.NONE, new BigBody());
                })
                .register(HEAP, request -> request.reply(Header.NONE, Body.of(new byte[BIG_BYTES])));
        server = RemotingServer.start(config, handlers, new ConnectionListener() {
            @Override
            public void opened(Connection connection) {
                openCount.incrementAndGet();
            }

            @Override
            public void closed(Connection connection) {
                openCount.decrementAndGet();
            }
        });
        good = new RawPeer(server.address());
        assertGoodIsServed();
    }

    private void restart(RemotingServerConfig config) throws IOException {
        good.close();
        server.close();
        start(config);
    }

    @AfterEach
    void stop() throws IOException {
        good.close();
        server.close();
        log.close();
    }

    @Test
    void a_frame_longer_than_16_MiB_closes_its_connection() throws Exception {
        closesItself(bytes(FrameCodec.MAX_FRAME_BYTES + 1, 0), "a frame length of 16777217");
    }

    @Test
    void a_negative_length_closes_its_connection() throws Exception {
        closesItself(bytes(-1, 0), "a frame length of -1");
    }

    @Test
    void a_length_without_room_for_a_header_closes_its_connection() throws Exception {
        closesItself(bytes(3, 0), "a frame length of 3");
    }

    @Test
    void a_header_longer_than_its_frame_closes_its_connection() throws Exception {
        closesItself(bytes(8, 5, 0), "a header of 5 bytes");
    }

    @Test
    void a_header_that_is_not_json_closes_its_connection() throws Exception {
        closesItself(frame("hello, broker"), "the header is not JSON");
    }

    @Test
    void deep_json_closes_its_connection() throws Exception {
        closesItself(frame("{\"code\":1,\"x\":" + "[".repeat(500_000)), "nested deeper than 32");
    }

    @Test
    void another_protocol_is_recognised() throws Exception {
        closesItself("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), "another protocol");
        closesItself(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1}, "TLS");
    }

    @Test
    void an_unknown_request_code_is_answered() throws Exception {
        try (RawPeer peer = new RawPeer(server.address())) {
            peer.request(31_999, 9);

            Frame answer = peer.read();

            assertThat(answer.code()).isEqualTo(3);
            assertThat(answer.opaque()).isEqualTo(9);
            peer.request(ECHO, 10, (byte) 1);
            assertThat(peer.read().opaque()).isEqualTo(10);
        }
    }

    @Test
    void frames_in_front_of_the_broken_one_are_served() throws Exception {
        try (RawPeer peer = new RawPeer(server.address())) {
            ByteBuffer both = ByteBuffer.allocate(1000);
            both.put(RawPeer.request(HeaderEncoding.JSON, BIG, 1)).putInt(-1).flip();

            peer.send(both);

            await().atMost(TIMEOUT).until(() -> bigHanded.get() == 1);
            await().atMost(TIMEOUT).until(() -> bigReleased.get() == 1);
        }
        assertGoodIsServed();
    }

    @Test
    void a_client_that_stops_reading_is_paused_first() throws Exception {
        restart(server(CLOSE_BYTES));
        try (RawPeer peer = new RawPeer(server.address(), 4096)) {
            // Asked for: 64 MiB. Answered: what the system buffers and the first bound hold, and then nobody reads the
            // requests.
            for (int i = 0; i < 256; i++) {
                peer.request(BIG, i);
            }
            await().atMost(TIMEOUT)
                    .until(() -> bigHanded.get() > 0 && !bigAsker.get().isWritable());
            assertGoodIsServed();
            assertThat((bigHanded.get() - bigReleased.get()) * (long) BIG_BYTES).isLessThan(CLOSE_BYTES + BIG_BYTES);

            // It reads again: everything comes, nothing is lost.
            for (int i = 0; i < 256; i++) {
                Frame answer = peer.read();
                assertThat(answer.opaque()).isEqualTo(i);
                assertThat(answer.body().remaining()).isEqualTo(BIG_BYTES);
            }
            await().atMost(TIMEOUT).until(() -> bigReleased.get() == 256);
        }
    }

    @Test
    void a_client_that_stops_reading_is_closed_at_the_bound() throws Exception {
        restart(server(CLOSE_BYTES));
        try (RawPeer peer = new RawPeer(server.address(), 4096)) {
            peer.request(BIG, 0);
            await().atMost(TIMEOUT).until(() -> bigAsker.get() != null);

            // Pushes do not depend on what the client asks for.
            while (bigAsker.get().isOpen()) {
                bigHanded.incrementAndGet();
                bigAsker.get().push(BIG, Header.NONE, new BigBody());
                assertThat(bigHanded.get()).isLessThan(10_000);
            }

            await().atMost(TIMEOUT).until(() -> bigReleased.get() == bigHanded.get());
            assertThat(log.containing("it does not read")).hasSize(1);
            assertGoodIsServed();
        }
    }

    @Test
    void a_writable_connection_is_announced() throws Exception {
        restart(server(64 * 1024 * 1024));
        try (RawPeer peer = new RawPeer(server.address(), 4096)) {
            for (int i = 0; i < 64; i++) {
                peer.request(BIG, i);
            }
            await().atMost(TIMEOUT)
                    .until(() -> bigHanded.get() > 0 && !bigAsker.get().isWritable());
            CountDownLatch writable = new CountDownLatch(1);
            bigAsker.get().whenWritable(writable::countDown);

            for (int i = 0; i < 64; i++) {
                peer.read();
            }

            assertThat(writable.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(bigAsker.get().isWritable()).isTrue();
        }
    }

    @Test
    void a_thousand_silent_connections_are_closed_and_nobody_else_notices() throws Exception {
        restart(server(CLOSE_BYTES).withTimeouts(Duration.ofSeconds(2), Duration.ofMinutes(2)));
        List<RawPeer> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                silent.add(new RawPeer(server.address()));
                if (i % 100 == 0) {
                    assertGoodIsServed();
                }
            }
            for (RawPeer peer : silent) {
                assertThat(peer.isClosedByServer()).isTrue();
            }
            assertGoodIsServed();
            await().atMost(TIMEOUT).until(() -> openCount.get() == 1);
            // A line counts those that were closed in one tick, after they were.
            await().atMost(TIMEOUT).until(() -> silentCount() >= silent.size());
            assertThat(silentCount()).isEqualTo(silent.size());
            assertThat(log.containing("said nothing")).hasSizeLessThan(silent.size());
        } finally {
            for (RawPeer peer : silent) {
                peer.close();
            }
        }
    }

    @Test
    void an_idle_connection_is_closed() throws Exception {
        restart(server(CLOSE_BYTES).withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(5)));
        try (RawPeer peer = new RawPeer(server.address())) {
            peer.request(ECHO, 1);
            peer.read();

            assertThat(peer.isClosedByServer()).isTrue();
            assertThat(log.containing("idle for 5 s")).isNotEmpty();
        }
    }

    @Test
    void connections_beyond_the_bound_are_closed_at_once() throws Exception {
        restart(server(CLOSE_BYTES).withConnectionCountMax(3));
        try (RawPeer second = new RawPeer(server.address());
                RawPeer third = new RawPeer(server.address())) {
            second.request(ECHO, 1);
            second.read();
            third.request(ECHO, 1);
            third.read();

            try (RawPeer fourth = new RawPeer(server.address())) {
                assertThat(fourth.isClosedByServer()).isTrue();
                await().atMost(TIMEOUT)
                        .until(() -> log.containing("there were 3 already").size() == 1);
            }
            assertGoodIsServed();
        }
        await().atMost(TIMEOUT).until(() -> openCount.get() == 1);
        try (RawPeer another = new RawPeer(server.address())) {
            another.request(ECHO, 1);
            assertThat(another.read().code()).isZero();
        }
    }

    @Test
    void incomplete_frames_are_bounded_together() throws Exception {
        restart(server(CLOSE_BYTES).withSharedBytes(4 * 1024 * 1024, 4 * 1024 * 1024));
        List<RawPeer> peers = new ArrayList<>();
        try {
            byte[] half = new byte[2 * 1024 * 1024];
            for (int i = 0; i < 4; i++) {
                RawPeer peer = new RawPeer(server.address());
                peers.add(peer);
                try {
                    peer.send(bytes(4 * 1024 * 1024));
                    peer.send(half);
                } catch (IOException closedWhileSending) {
                    // The bound was hit in the middle of it.
                    assertThat(log.containing("incomplete frames")).isNotEmpty();
                }
            }
            await().atMost(TIMEOUT)
                    .until(() -> !log.containing("incomplete frames").isEmpty());
            assertGoodIsServed();
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
        await().atMost(TIMEOUT).until(() -> openCount.get() == 1);
        try (RawPeer peer = new RawPeer(server.address())) {
            peer.request(ECHO, 1, new byte[3 * 1024 * 1024]);
            assertThat(peer.read().body().remaining()).isEqualTo(3 * 1024 * 1024);
        }
    }

    @Test
    void clients_that_stop_reading_are_bounded_together() throws Exception {
        int most = 4 * 1024 * 1024;
        restart(server(CLOSE_BYTES).withSharedBytes(most, most));
        List<RawPeer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                RawPeer peer = new RawPeer(server.address(), 4096);
                peers.add(peer);
                // Alone each of them is paused far below the bound that closes.
                try {
                    for (int k = 0; k < 40; k++) {
                        peer.request(HEAP, k);
                    }
                } catch (IOException closedWhileSending) {
                    assertThat(log.containing("memory for unsent bytes is short"))
                            .isNotEmpty();
                }
                assertGoodIsServed();
                assertThat(server.unsentCopyBytes()).isLessThan(3L * most + 2 * BIG_BYTES);
            }
            await().atMost(TIMEOUT).until(() -> !log.containing("memory for unsent bytes is short")
                    .isEmpty());
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
        await().atMost(TIMEOUT).until(() -> server.unsentCopyBytes() == 0);
        assertGoodIsServed();
    }

    private int silentCount() {
        return log.containing("said nothing").stream()
                .mapToInt(line -> Integer.parseInt(line.split(" ")[1]))
                .sum();
    }

    private static RemotingServerConfig server(int closeBytes) {
        return RemotingServerConfig.listeningOn(HostPort.parse("127.0.0.1:0"))
                .withOutboundBytes(PAUSE_BYTES, closeBytes);
    }

    private void closesItself(byte[] bad, String logged) throws IOException {
        try (RawPeer peer = new RawPeer(server.address())) {
            peer.send(bad);

            assertThat(peer.isClosedByServer()).isTrue();
            await().atMost(TIMEOUT).untilAsserted(() -> assertThat(log.containing(":" + peer.localPort()))
                    .singleElement()
                    .asString()
                    .contains(logged));
        }
        assertGoodIsServed();
    }

    private void assertGoodIsServed() throws IOException {
        good.request(ECHO, 5, (byte) 1, (byte) 2);
        assertThat(good.read().body()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
    }

    private static byte[] bytes(int... words) {
        ByteBuffer all = ByteBuffer.allocate(words.length * Integer.BYTES);
        for (int word : words) {
            all.putInt(word);
        }
        return all.array();
    }

    private static byte[] frame(String header) {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + bytes.length)
                .putInt(4 + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] copy(Frame frame) {
        byte[] bytes = new byte[frame.body().remaining()];
        frame.body().get(bytes);
        return bytes;
    }

    /** A large body in memory outside of the heap, like a piece of a mapped log. */
    private final class BigBody implements Body {

        private final ByteBuffer bytes = SHARED.duplicate();

        @Override
        public int length() {
            return bytes.remaining();
        }

        @Override
        public void appendTo(List<ByteBuffer> out) {
            out.add(bytes.duplicate());
        }

        @Override
        public void release() {
            bigReleased.incrementAndGet();
        }
    }

    private static final ByteBuffer SHARED = ByteBuffer.allocateDirect(BIG_BYTES);
}
