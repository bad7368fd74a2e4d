// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.Settings;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.remoting.HostPort;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.DiskFile;
import io.agenamq.store.disk.SimulatedDisk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What producers and consumers are told when the disk is full or fails. */
class BrokenDiskTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Sends of one event loop that may wait for the disk. */
    private static final int MOST_UNFLUSHED = 100_000;

    private static final int SEGMENT_BYTES = 1024 * 1024;

    private final SimulatedDisk disk = new SimulatedDisk();
    private final AtomicReference<Throwable> fault = new AtomicReference<>();
    private BrokerServer broker;
    private RawClient client;

    @AfterEach
    void stop() {
        client.close();
        broker.close();
        assertThat(fault).hasValue(null);
    }

    @Test
    void on_a_full_disk_sends_are_refused_with_the_reason_reads_go_on_and_service_resumes_by_itself() throws Exception {
        start("flushDiskType", "ASYNC_FLUSH");
        client.send("T", "before");
        disk.capacity(disk.usedBytes());
        String body = "x".repeat(100_000);

        Frame refused = sendUntilRefused(body);

        assertThat(refused.code()).isEqualTo(ResponseCode.SERVICE_NOT_AVAILABLE);
        assertThat(refused.remark()).containsIgnoringCase("disk").containsIgnoringCase("full");
        assertThat(RawClient.bodies(client.pull("T", 0, 0, "*"))).startsWith("before");

        disk.capacity(1L << 30);

        await().atMost(PATIENCE).until(() -> client.send("T", "after").code() == ResponseCode.SUCCESS);
    }

    @Test
    void after_a_failed_force_no_send_is_acknowledged_and_every_producer_is_told_why() throws Exception {
        start("flushDiskType", "SYNC_FLUSH");
        assertThat(client.send("T", "before").code()).isEqualTo(ResponseCode.SUCCESS);
        disk.failForces(1000);

        Frame first = client.send("T", "lost");
        Frame second = client.send("T", "refused");

        assertThat(first.code()).isEqualTo(ResponseCode.SERVICE_NOT_AVAILABLE);
        assertThat(second.code()).isEqualTo(ResponseCode.SERVICE_NOT_AVAILABLE);
        assertThat(second.remark()).isNotBlank();
        assertThat(RawClient.bodies(client.pull("T", 0, 0, "*"))).startsWith("before");
    }

    @Test
    void a_send_that_the_disk_does_not_confirm_in_time_is_answered_as_stored_but_not_flushed() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        AtomicBoolean isStuck = new AtomicBoolean();
        start(intercepting(isStuck, stuck), "flushDiskType", "SYNC_FLUSH", "syncFlushTimeout", "700");
        assertThat(client.send("T", "before", "WAIT", "false").code()).isEqualTo(ResponseCode.SUCCESS);
        isStuck.set(true);

        Frame late = client.send("T", "slow");

        assertThat(late.code()).isEqualTo(ResponseCode.FLUSH_DISK_TIMEOUT);
        assertThat(late.fields().requireLong("queueOffset")).isEqualTo(1);
        assertThat(client.send("T", "impatient", "WAIT", "false").code()).isEqualTo(ResponseCode.SUCCESS);
        isStuck.set(false);
        stuck.countDown();
        // A busy machine may need more than 700 ms for one, but not for all.
        await().atMost(PATIENCE).until(() -> client.send("T", "fast again").code() == ResponseCode.SUCCESS);
    }

    @Test
    void a_damaged_message_stops_its_queue_with_the_reason_and_the_messages_around_it_can_be_had() throws Exception {
        start();
        client.send("T", "before");
        client.send("T", "damaged");
        client.send("T", "behind");
        client.close();
        broker.close();
        String segment = "commitlog/" + "0".repeat(20);
        String bytes = new String(disk.bytes(segment), StandardCharsets.ISO_8859_1);
        disk.flipBit(segment, bytes.indexOf("damaged"), 0);

        start();

        assertThat(RawClient.bodies(client.pull("T", 0, 0, "*"))).containsExactly("before");
        Frame refused = client.pull("T", 0, 1, "*");
        assertThat(refused.code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
        assertThat(refused.remark())
                .contains("the message at offset 1 of T/0", "is damaged", "reset the group's offset to 2");
        assertThat(RawClient.bodies(client.pull("T", 0, 2, "*"))).containsExactly("behind");
    }

    @Test
    void producers_who_were_told_that_the_disk_is_slow_cannot_fill_the_memory_while_it_stands_still() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        AtomicBoolean isStuck = new AtomicBoolean();
        start(intercepting(isStuck, stuck), "flushDiskType", "SYNC_FLUSH", "syncFlushTimeout", "700");
        client.send("T", "before");
        isStuck.set(true);
        SendMessageRequest oneWay = RawClient.send("T", 0, false);
        for (int i = 1; i < MOST_UNFLUSHED; i++) {
            client.connection().push(RequestCode.SEND_MESSAGE_V2, oneWay, Body.EMPTY);
        }

        try {
            assertThat(client.send("T", "the last one").code())
                    .as("all of them have waited for too long now")
                    .isEqualTo(ResponseCode.FLUSH_DISK_TIMEOUT);
            Frame refused = client.send("T", "one more");

            assertThat(refused.code()).isEqualTo(ResponseCode.SYSTEM_BUSY);
            assertThat(refused.remark()).contains("wait for the disk");
        } finally {
            isStuck.set(false);
            stuck.countDown();
        }
        await().atMost(PATIENCE).until(() -> client.send("T", "again").code() == ResponseCode.SUCCESS);
    }

    /** The simulated disk, whose forces wait for {@code release} while {@code isStuck}. */
    private Disk intercepting(AtomicBoolean isStuck, CountDownLatch release) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (self, method, given) -> {
                    Object result = call(method, disk, given);
                    return result instanceof DiskFile file
                            ? Proxy.newProxyInstance(
                                    DiskFile.class.getClassLoader(),
                                    new Class<?>[] {DiskFile.class},
                                    (it, operation, its) -> {
                                        if (operation.getName().equals("force") && isStuck.get()) {
                                            release.await();
                                        }
                                        return call(operation, file, its);
                                    })
                            : result;
                });
    }

    private static Object call(Method method, Object target, Object[] given) throws Throwable {
        try {
            return method.invoke(target, given);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private Frame sendUntilRefused(String body) {
        for (int i = 0; i < 1_000; i++) {
            Frame answer = client.send("T", body);
            if (answer.code() != ResponseCode.SUCCESS) {
                return answer;
            }
        }
        throw new AssertionError("the disk never filled up");
    }

    private void start(String... options) throws StartException {
        start(disk, options);
    }

    private void start(Disk on, String... options) throws StartException {
        Map<String, Settings.FlagValue> flags = new HashMap<>();
        flags.put("listenPort", new Settings.FlagValue("0", "test"));
        flags.put("mappedFileSizeCommitLog", new Settings.FlagValue(Integer.toString(SEGMENT_BYTES), "test"));
        flags.put("maxMessageSize", new Settings.FlagValue(Integer.toString(SEGMENT_BYTES / 4), "test"));
        for (int i = 0; i < options.length; i += 2) {
            flags.put(options[i], new Settings.FlagValue(options[i + 1], "test"));
        }
        Settings settings = Settings.of(BrokerOptions.TABLE, null, Map.of(), flags);
        broker = BrokerServer.start(
                BrokerConfig.of(settings, Path.of("/nowhere")),
                () -> on,
                (what, cause) -> fault.set(new AssertionError(what, cause)));
        client = new RawClient(HostPort.of(broker.address()));
    }
}
