// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsAcknowledgeRequest;
import io.agenamq.protocol.command.JmsAttachRequest;
import io.agenamq.protocol.command.JmsAttachResponse;
import io.agenamq.protocol.command.JmsAttachment;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsDeliveries;
import io.agenamq.protocol.command.JmsDelivery;
import io.agenamq.protocol.command.JmsPlaces;
import io.agenamq.protocol.command.JmsPlaces.Fate;
import io.agenamq.protocol.command.JmsProbeRequest;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsReleaseRequest;
import io.agenamq.protocol.command.JmsResolveRequest;
import io.agenamq.protocol.command.JmsSettleRequest;
import io.agenamq.protocol.command.JmsSubscription;
import io.agenamq.protocol.command.JmsUnsubscribeRequest;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import io.agenamq.remoting.Request;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of deliveries in flight when their consumer's connection is lost, as the frames on the wire show it. */
@Timeout(180)
class ReattachTest {

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final String QUEUE = "Orders";
    private static final String LONG = "600000";

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestBroker broker;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    private void start(String graceMillis) throws Exception {
        broker = TestBroker.start(folder, "reattachGraceMillis", graceMillis);
    }

    private void restart(String graceMillis) throws Exception {
        broker.close();
        start(graceMillis);
    }

    /** One connection, with the consumers that it attaches. */
    private final class Peer implements AutoCloseable {

        final List<String> delivered = new CopyOnWriteArrayList<>();
        private final RemotingClient client;
        private final Connection connection;

        Peer() {
            HandlerTable pushes = new HandlerTable().register(JmsCode.DELIVER, this::delivered);
            client = new RemotingClient(RemotingClientConfig.defaults().withThreadName("peer"), pushes);
            connection = client.connect(broker.address(), WAIT).join();
            open.add(this);
        }

        private void delivered(Request request) {
            JmsDelivery delivery = JmsDelivery.readFrom(request.frame().fields());
            ByteBuffer records = request.frame().body();
            long[] sequence = {delivery.sequence()};
            JmsDeliveries.forEach(
                    records,
                    (count, at, length) -> delivered.add(
                            sequence[0]++ + ": " + MessageRecord.queueOffset(records, at) + " x" + count));
        }

        CompletableFuture<Frame> begin(int code, Header header, Body body) {
            return connection.call(code, header, body, WAIT);
        }

        Frame call(int code, Header header) {
            return begin(code, header, Body.EMPTY).join();
        }

        Frame tryAttach(int consumer, @Nullable JmsSubscription subscription, @Nullable JmsAttachment who, int credit) {
            DestinationKind kind = subscription == null ? DestinationKind.QUEUE : DestinationKind.TOPIC;
            String topic = subscription == null ? QUEUE : "News";
            return call(
                    JmsCode.ATTACH,
                    new JmsAttachRequest(consumer, topic, kind, null, null, subscription, null, who, credit, 1 << 20));
        }

        JmsAttachResponse attach(int consumer, @Nullable JmsAttachment who, int credit) {
            return success(tryAttach(consumer, null, who, credit));
        }

        void acknowledge(int consumer, long sequence) {
            Frame answer =
                    call(JmsCode.ACKNOWLEDGE, new JmsAcknowledgeRequest(consumer, sequence, sequence, 0, 0, 0, false));
            assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
        }

        void release(int consumer, long seen, boolean all, int credit) {
            Frame answer = call(JmsCode.RELEASE, new JmsReleaseRequest(consumer, 1, seen, all, credit, 1 << 20));
            assertThat(answer.code()).isEqualTo(ResponseCode.SUCCESS);
        }

        void awaitDelivered(String... expected) {
            await().atMost(WAIT).untilAsserted(() -> assertThat(delivered).containsExactly(expected));
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static JmsAttachResponse success(Frame answer) {
        assertThat(answer.code()).as(answer.remark()).isEqualTo(ResponseCode.SUCCESS);
        return JmsAttachResponse.readFrom(answer.fields());
    }

    private static JmsAttachment attachment(int generation) {
        return new JmsAttachment("client", 7, generation);
    }

    private void createAndSend(int count) {
        try (RawClient sender = broker.client()) {
            sender.call(JmsCode.RESOLVE, new JmsResolveRequest(QUEUE, DestinationKind.QUEUE, true));
            sender.call(JmsCode.RESOLVE, new JmsResolveRequest("News", DestinationKind.TOPIC, true));
            for (int i = 0; i < count; i++) {
                assertThat(sender.send(QUEUE, "m" + i).code()).isEqualTo(ResponseCode.SUCCESS);
            }
        }
    }

    @Test
    void a_consumer_goes_on_over_another_connection_although_the_loss_of_the_first_was_not_noticed() throws Exception {
        start(LONG);
        createAndSend(5);
        Peer before = new Peer();
        before.attach(1, attachment(1), 3);
        before.awaitDelivered("1: 0 x1", "2: 1 x1", "3: 2 x1");
        Peer after = new Peer();
        Peer other = new Peer();

        JmsAttachResponse attached = after.attach(5, attachment(2), 0);
        assertThat(attached.resumed()).isTrue();
        // What still arrives over the old connection has no effect.
        before.acknowledge(1, 3);
        before.release(1, 3, true, 10);
        after.acknowledge(5, 1);
        after.release(5, 2, true, 10);

        after.awaitDelivered("4: 1 x2", "5: 2 x1", "6: 3 x1", "7: 4 x1");
        before.close();
        other.attach(1, null, 10);
        after.acknowledge(5, 4);
        assertThat(before.delivered).hasSize(3);
        assertThat(other.delivered).isEmpty();
    }

    @Test
    void what_a_lost_consumer_had_waits_for_it_and_nobody_else_gets_it_meanwhile() throws Exception {
        start(LONG);
        createAndSend(3);
        Peer before = new Peer();
        before.attach(1, attachment(1), 2);
        before.awaitDelivered("1: 0 x1", "2: 1 x1");
        Peer other = new Peer();
        before.close();
        other.attach(1, null, 10);
        other.awaitDelivered("1: 2 x1");

        Peer after = new Peer();
        assertThat(after.attach(5, attachment(2), 0).resumed()).isTrue();
        after.acknowledge(5, 1);
        after.release(5, 1, false, 0);

        other.awaitDelivered("1: 2 x1", "2: 1 x1");
    }

    @Test
    void who_is_waited_for_in_vain_leaves_everything_to_others_counted_as_delivered() throws Exception {
        for (String grace : new String[] {"0", "50"}) {
            start(grace);
            createAndSend(2);
            Peer before = new Peer();
            before.attach(1, attachment(1), 10);
            before.awaitDelivered("1: 0 x1", "2: 1 x1");
            before.close();
            Peer other = new Peer();
            other.attach(1, null, 10);
            other.awaitDelivered("1: 0 x2", "2: 1 x2");
            other.acknowledge(1, 1);
            other.acknowledge(1, 2);
            broker.close();
            broker = null;
            folder = folder.resolve("next");
        }
    }

    @Test
    void an_attachment_that_comes_late_is_refused() throws Exception {
        start(LONG);
        createAndSend(1);
        Peer now = new Peer();
        now.attach(1, attachment(3), 0);
        Peer late = new Peer();
        for (int generation = 1; generation <= 3; generation++) {
            assertThat(late.tryAttach(1, null, attachment(generation), 10).code())
                    .isEqualTo(JmsRefusal.NO_SUCH_CONSUMER.code());
        }
        assertThat(late.delivered).isEmpty();
    }

    @Test
    void after_a_restart_the_places_say_what_was_acknowledged_and_what_nobody_saw() throws Exception {
        start(LONG);
        createAndSend(5);
        Peer before = new Peer();
        JmsAttachResponse first = before.attach(1, attachment(1), 4);
        before.awaitDelivered("1: 0 x1", "2: 1 x1", "3: 2 x1", "4: 3 x1");
        before.close();

        restart("0");
        Peer after = new Peer();
        JmsAttachResponse second = after.attach(1, attachment(2), 0);
        assertThat(second.resumed()).isFalse();
        assertThat(second.subscription()).isEqualTo(first.subscription()).isNotZero();
        JmsPlaces places = new JmsPlaces();
        places.add(Fate.ACKNOWLEDGED, 0, 0);
        places.add(Fate.ACKNOWLEDGED, 0, 1);
        places.add(Fate.UNSEEN, 0, 3);
        // Never handed out: whatever a client says of it is not true.
        places.add(Fate.ACKNOWLEDGED, 0, 4);
        settle(after, 1, first.subscription() + 1, places);
        settle(after, 1, first.subscription(), places);
        after.release(1, 0, true, 10);

        after.awaitDelivered("1: 2 x2", "2: 3 x1", "3: 4 x1");
    }

    private static void settle(Peer peer, int consumer, long subscription, JmsPlaces places) {
        assertThat(peer.begin(JmsCode.SETTLE, new JmsSettleRequest(consumer, subscription), places.toBody())
                        .join()
                        .code())
                .isEqualTo(ResponseCode.SUCCESS);
    }

    @Test
    void after_a_restart_those_who_had_something_in_flight_are_waited_for() throws Exception {
        start(LONG);
        createAndSend(3);
        Peer before = new Peer();
        long subscription = before.attach(1, attachment(1), 2).subscription();
        before.awaitDelivered("1: 0 x1", "2: 1 x1");
        before.close();

        restart(LONG);
        Peer other = new Peer();
        other.attach(1, null, 10);
        CompletableFuture<Frame> probe = other.begin(JmsCode.PROBE, new JmsProbeRequest(1, 0, 0, 0, false), Body.EMPTY);
        Peer after = new Peer();
        after.attach(1, attachment(2), 0);
        JmsPlaces places = new JmsPlaces();
        places.add(Fate.ACKNOWLEDGED, 0, 0);
        settle(after, 1, subscription, places);
        assertThat(other.delivered).isEmpty();
        assertThat(probe).as("that there is nothing is not known yet").isNotDone();
        other.close();
        after.close();

        restart("300");
        Peer last = new Peer();
        last.attach(1, null, 10);
        last.awaitDelivered("1: 1 x2", "2: 2 x1");
    }

    @Test
    void when_everybody_has_come_nobody_is_waited_for_any_more() throws Exception {
        start(LONG);
        createAndSend(4);
        Peer before = new Peer();
        long subscription = before.attach(1, attachment(1), 3).subscription();
        before.awaitDelivered("1: 0 x1", "2: 1 x1", "3: 2 x1");
        before.close();

        restart(LONG);
        Peer other = new Peer();
        other.attach(1, null, 10);
        Peer after = new Peer();
        after.attach(1, attachment(2), 0);
        JmsPlaces places = new JmsPlaces();
        places.add(Fate.SEEN, 0, 0);
        places.add(Fate.ACKNOWLEDGED, 0, 1);
        settle(after, 1, subscription, places);
        assertThat(other.delivered).isEmpty();
        JmsPlaces more = new JmsPlaces();
        more.add(Fate.UNSEEN, 0, 2);
        settle(after, 1, subscription, more);
        other.awaitDelivered("1: 0 x2", "2: 2 x1", "3: 3 x1");
    }

    @Test
    void a_queue_with_nothing_in_doubt_waits_for_nobody_after_a_restart() throws Exception {
        start(LONG);
        createAndSend(2);
        Peer before = new Peer();
        before.attach(1, attachment(1), 1);
        before.awaitDelivered("1: 0 x1");
        before.acknowledge(1, 1);
        before.close();

        restart(LONG);
        Peer next = new Peer();
        next.attach(1, null, 10);
        next.awaitDelivered("1: 1 x1");
    }

    @Test
    void who_is_absent_keeps_nobody_out_of_a_named_subscription() throws Exception {
        start(LONG);
        createAndSend(0);
        JmsSubscription durable = new JmsSubscription("audit", "app", true, false);
        Peer first = new Peer();
        success(first.tryAttach(1, durable, new JmsAttachment("first", 1, 1), 0));
        Peer second = new Peer();
        JmsAttachment next = new JmsAttachment("second", 1, 1);
        assertThat(second.tryAttach(1, durable, next, 0).code()).isEqualTo(JmsRefusal.SUBSCRIPTION_IN_USE.code());

        first.close();
        await().atMost(WAIT).until(() -> second.tryAttach(1, durable, next, 0).code() == ResponseCode.SUCCESS);
        second.close();
        Peer third = new Peer();
        JmsUnsubscribeRequest unsubscribe = new JmsUnsubscribeRequest("audit", "app");
        await().atMost(WAIT)
                .until(() -> third.call(JmsCode.UNSUBSCRIBE, unsubscribe).code() == ResponseCode.SUCCESS);
    }

    @Test
    void a_subscription_without_a_name_outlives_a_cut() throws Exception {
        start(LONG);
        createAndSend(0);
        Peer before = new Peer();
        success(before.call(JmsCode.ATTACH, topic(1, 1)));
        before.close();
        try (RawClient sender = broker.client()) {
            sender.send("News", "while it was away");
        }
        Peer after = new Peer();
        JmsAttachResponse attached = success(after.call(JmsCode.ATTACH, topic(1, 2)));
        assertThat(attached.resumed()).isTrue();
        after.release(1, 0, false, 10);
        after.awaitDelivered("1: 0 x1");
    }

    private static JmsAttachRequest topic(int consumer, int generation) {
        return new JmsAttachRequest(
                consumer, "News", DestinationKind.TOPIC, null, null, null, null, attachment(generation), 0, 0);
    }
}
