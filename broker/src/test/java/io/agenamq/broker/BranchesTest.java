// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsAttachRequest;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchCheck;
import io.agenamq.protocol.command.JmsBranchDecideRequest;
import io.agenamq.protocol.command.JmsBranchDecided;
import io.agenamq.protocol.command.JmsBranchEndRequest;
import io.agenamq.protocol.command.JmsBranchEndResponse;
import io.agenamq.protocol.command.JmsBranchForgetRequest;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.protocol.command.JmsBranchListRequest;
import io.agenamq.protocol.command.JmsBranchPrepareRequest;
import io.agenamq.protocol.command.JmsBranchPrepareResponse;
import io.agenamq.protocol.command.JmsBranchRecoverRequest;
import io.agenamq.protocol.command.JmsBranchResolveRequest;
import io.agenamq.protocol.command.JmsBranchesBody;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsDeliveries;
import io.agenamq.protocol.command.JmsDelivery;
import io.agenamq.protocol.command.JmsGroupJoinRequest;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsResolveRequest;
import io.agenamq.protocol.command.JmsRolledBack;
import io.agenamq.protocol.command.JmsSettled;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.command.JmsTransactionSendRequest;
import io.agenamq.protocol.command.RequestCode;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that somebody else decides about, as the frames on the wire show them. */
@Timeout(180)
class BranchesTest {

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final String IN = "In";
    private static final String OUT = "Out";
    private static final JmsBranch XA = JmsBranch.xa(1, new byte[] {1, 2}, new byte[] {3});

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestBroker broker;
    private Peer peer;
    private int parts;

    @BeforeEach
    void start() throws Exception {
        start("reattachGraceMillis", "0", "transactionMemoryMax", "1m");
    }

    private void start(String... options) throws Exception {
        broker = TestBroker.start(folder, options);
        peer = new Peer();
        peer.success(JmsCode.RESOLVE, new JmsResolveRequest(IN, DestinationKind.QUEUE, true));
        peer.success(JmsCode.RESOLVE, new JmsResolveRequest(OUT, DestinationKind.QUEUE, true));
    }

    private void restart() throws Exception {
        stop();
        start();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        open.clear();
        if (broker != null) {
            broker.close();
        }
    }

    /** One connection. */
    private final class Peer implements AutoCloseable {

        final List<String> delivered = new CopyOnWriteArrayList<>();
        final List<JmsBranchCheck> asked = new CopyOnWriteArrayList<>();
        private final RemotingClient client;
        private final Connection connection;

        Peer() {
            HandlerTable pushes = new HandlerTable().register(JmsCode.DELIVER, this::delivered);
            pushes.register(
                    JmsCode.BRANCH_CHECK,
                    request -> asked.add(JmsBranchCheck.readFrom(request.frame().fields())));
            client = new RemotingClient(RemotingClientConfig.defaults().withThreadName("peer"), pushes);
            connection = client.connect(broker.address(), WAIT).join();
            open.add(this);
        }

        private void delivered(Request request) {
            JmsDelivery delivery = JmsDelivery.readFrom(request.frame().fields());
            assertThat(delivery.consumer()).isPositive();
            ByteBuffer records = request.frame().body();
            JmsDeliveries.forEach(records, (count, at, length) -> {
                byte[] body = new byte[Math.min(20, MessageRecord.bodyLength(records, at))];
                records.get(MessageRecord.bodyStart(records, at), body);
                delivered.add(new String(body, StandardCharsets.UTF_8).strip() + (count > 1 ? " x" + count : ""));
            });
        }

        CompletableFuture<Frame> begin(int code, Header header, Body body) {
            return connection.call(code, header, body, WAIT);
        }

        Frame call(int code, Header header) {
            return begin(code, header, Body.EMPTY).join();
        }

        Frame success(int code, Header header) {
            return success(call(code, header));
        }

        private Frame success(Frame frame) {
            assertThat(frame.code()).as(String.valueOf(frame.remark())).isEqualTo(ResponseCode.SUCCESS);
            return frame;
        }

        void refused(JmsRefusal refusal, int code, Header header) {
            assertThat(JmsRefusal.of(call(code, header).code())).isEqualTo(refusal);
        }

        void send(String queue, String... bodies) {
            for (String each : bodies) {
                success(begin(RequestCode.SEND_MESSAGE_V2, RawClient.send(queue, 0, false), body(each))
                        .join());
            }
        }

        void attach(int consumer, String queue, int credit) {
            success(
                    JmsCode.ATTACH,
                    new JmsAttachRequest(
                            consumer, queue, DestinationKind.QUEUE, null, null, null, null, null, credit, 1 << 26));
        }

        void awaitDelivered(String... expected) {
            await().atMost(WAIT).untilAsserted(() -> assertThat(delivered).containsExactly(expected));
        }

        /** Sends messages for a part that is still to be ended. */
        JmsTransaction sendFor(String... bodies) {
            JmsTransaction part = new JmsTransaction("S" + ++parts, 1);
            for (int i = 0; i < bodies.length; i++) {
                Header send = new JmsTransactionSendRequest(part, i + 1, RawClient.send(OUT, 0, false));
                success(begin(JmsCode.TRANSACTION_SEND, send, body(bodies[i])).join());
            }
            return part;
        }

        Frame tryEnd(JmsBranchEndRequest request, JmsSettled... settled) {
            return begin(JmsCode.BRANCH_END, request, JmsSettled.write(List.of(settled)))
                    .join();
        }

        /** A part with these messages, which has received from consumer 1. */
        long end(JmsBranch branch, int received, String... bodies) {
            JmsBranchEndRequest request = new JmsBranchEndRequest(branch, sendFor(bodies), bodies.length, false, 0);
            Frame answer = success(
                    received == 0 ? tryEnd(request) : tryEnd(request, new JmsSettled(1, 1, received, received)));
            return JmsBranchEndResponse.readFrom(answer.fields()).life();
        }

        boolean prepare(JmsBranch branch) {
            Frame answer = success(JmsCode.BRANCH_PREPARE, new JmsBranchPrepareRequest(branch, ""));
            return !JmsBranchPrepareResponse.readFrom(answer.fields()).readOnly();
        }

        void commit(JmsBranch branch) {
            success(JmsCode.BRANCH_DECIDE, new JmsBranchDecideRequest(branch, true, false, true));
        }

        void rollBack(JmsBranch branch) {
            success(JmsCode.BRANCH_DECIDE, new JmsBranchDecideRequest(branch, false, false, true));
        }

        List<JmsBranchInfo> recover() {
            Frame answer = success(JmsCode.BRANCH_RECOVER, new JmsBranchRecoverRequest(JmsBranch.Kind.XA));
            return JmsBranchesBody.parse(answer.body()).branches();
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static Body body(String text) {
        return Body.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Header decide(boolean commit, boolean onePhase) {
        return new JmsBranchDecideRequest(XA, commit, onePhase, true);
    }

    /** What is in a queue and free, for a new consumer. */
    private void checkQueue(String queue, String... expected) {
        try (Peer reader = new Peer()) {
            reader.send(queue, "end");
            reader.attach(1, queue, 1000);
            await().atMost(WAIT).until(() -> reader.delivered.contains("end"));
            assertThat(reader.delivered.subList(0, reader.delivered.size() - 1)).containsExactly(expected);
        }
        // What it had comes back when the broker has noticed that it is gone.
    }

    @Test
    void a_branch_is_committed_by_whoever_and_after_all_its_connections_are_gone() {
        peer.send(IN, "a", "b");
        Peer session = new Peer();
        session.attach(1, IN, 1);
        session.awaitDelivered("a");
        session.end(XA, 1, "x", "y");
        session.close();

        assertThat(peer.prepare(XA)).isTrue();
        assertThat(peer.recover())
                .extracting(
                        JmsBranchInfo::branch,
                        JmsBranchInfo::messages,
                        JmsBranchInfo::deliveries,
                        JmsBranchInfo::destinations)
                .containsExactly(tuple(XA, 2L, 1L, List.of(IN, OUT)));
        peer.attach(1, OUT, 100);
        peer.attach(2, IN, 100);
        peer.awaitDelivered("b");
        peer.commit(XA);

        peer.awaitDelivered("b", "x", "y");
        assertThat(peer.recover()).isEmpty();
        peer.commit(XA);
        Frame other = peer.call(JmsCode.BRANCH_DECIDE, decide(false, false));
        assertThat(JmsRefusal.of(other.code())).isEqualTo(JmsRefusal.BRANCH_DECIDED_OTHERWISE);
        assertThat(JmsBranchDecided.readFrom(other.fields())).isEqualTo(new JmsBranchDecided(true, false));
    }

    @Test
    void what_a_branch_has_received_comes_back_once_counted_when_it_is_rolled_back() {
        peer.send(IN, "a", "b");
        peer.attach(1, IN, 1);
        peer.awaitDelivered("a");
        peer.end(XA, 1, "x");
        peer.prepare(XA);
        Peer reader = new Peer();
        reader.attach(1, IN, 100);
        reader.awaitDelivered("b");

        peer.rollBack(XA);

        reader.awaitDelivered("b", "a x2");
        checkQueue(OUT);
        peer.rollBack(XA);
        peer.refused(JmsRefusal.BRANCH_DECIDED_OTHERWISE, JmsCode.BRANCH_DECIDE, decide(true, false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_prepared_branch_is_there_after_a_restart_and_both_decisions_work(boolean commit) throws Exception {
        peer.send(IN, "a", "b", "c");
        peer.attach(1, IN, 2);
        peer.awaitDelivered("a", "b");
        peer.end(XA, 2, "x", "y");
        peer.prepare(XA);
        restart();

        assertThat(peer.recover())
                .extracting(
                        JmsBranchInfo::branch,
                        JmsBranchInfo::messages,
                        JmsBranchInfo::deliveries,
                        JmsBranchInfo::destinations)
                .containsExactly(tuple(XA, 2L, 2L, List.of(IN, OUT)));
        peer.attach(1, IN, 100);
        peer.awaitDelivered("c");
        assertThat(peer.prepare(XA)).as("prepared already").isTrue();
        restart();
        peer.attach(1, IN, 100);
        peer.attach(2, OUT, 100);
        peer.awaitDelivered("c x2");

        if (commit) {
            peer.commit(XA);
            peer.awaitDelivered("c x2", "x", "y");
        } else {
            peer.rollBack(XA);
            peer.awaitDelivered("c x2", "a x2", "b x2");
        }
        restart();
        assertThat(peer.recover()).isEmpty();
        peer.attach(2, OUT, 100);
        peer.attach(1, IN, 100);
        if (commit) {
            peer.awaitDelivered("x x2", "y x2", "c x3");
        } else {
            peer.awaitDelivered("a x3", "b x3", "c x3");
        }
    }

    @Test
    void one_phase_is_enough_for_a_branch_that_is_alone() {
        peer.send(IN, "a");
        peer.attach(1, IN, 1);
        peer.awaitDelivered("a");
        long life = peer.end(XA, 1, "x");
        peer.refused(JmsRefusal.WRONG_BRANCH_STATE, JmsCode.BRANCH_DECIDE, decide(true, false));

        peer.success(JmsCode.BRANCH_DECIDE, new JmsBranchDecideRequest(XA, true, true, true, life));

        checkQueue(OUT, "x");
        checkQueue(IN);
        peer.success(JmsCode.BRANCH_DECIDE, decide(true, true));
    }

    @Test
    void a_branch_with_nothing_in_it_has_no_part_in_the_decision() {
        peer.end(XA, 0);
        assertThat(peer.prepare(XA)).isFalse();
        peer.refused(JmsRefusal.UNKNOWN_BRANCH, JmsCode.BRANCH_DECIDE, decide(true, false));
    }

    @Test
    void requests_that_a_branch_is_not_ready_for_are_refused_and_change_nothing() {
        peer.refused(JmsRefusal.UNKNOWN_BRANCH, JmsCode.BRANCH_PREPARE, new JmsBranchPrepareRequest(XA, ""));
        peer.refused(JmsRefusal.UNKNOWN_BRANCH, JmsCode.BRANCH_DECIDE, decide(true, false));
        peer.refused(JmsRefusal.UNKNOWN_BRANCH, JmsCode.BRANCH_DECIDE, decide(false, false));
        peer.refused(JmsRefusal.UNKNOWN_BRANCH, JmsCode.BRANCH_FORGET, new JmsBranchForgetRequest(XA));
        peer.end(XA, 0, "x");
        peer.prepare(XA);
        peer.refused(JmsRefusal.WRONG_BRANCH_STATE, JmsCode.BRANCH_DECIDE, decide(true, true));
        peer.refused(JmsRefusal.WRONG_BRANCH_STATE, JmsCode.BRANCH_FORGET, new JmsBranchForgetRequest(XA));
        assertThat(JmsRefusal.of(peer.tryEnd(new JmsBranchEndRequest(XA, peer.sendFor("y"), 1, false, 0))
                        .code()))
                .isEqualTo(JmsRefusal.BRANCH_EXISTS);

        peer.commit(XA);
        checkQueue(OUT, "x");
        peer.refused(JmsRefusal.BRANCH_DECIDED_OTHERWISE, JmsCode.BRANCH_PREPARE, new JmsBranchPrepareRequest(XA, ""));
    }

    @Test
    void a_part_that_is_not_complete_or_has_failed_dooms_its_branch() {
        for (JmsBranchEndRequest wrong : List.of(
                new JmsBranchEndRequest(XA, peer.sendFor("x"), 2, false, 0),
                new JmsBranchEndRequest(XA, peer.sendFor("x"), 1, true, 0))) {
            peer.end(XA, 0, "y");
            Frame answer = peer.tryEnd(wrong);
            assertThat(answer.code())
                    .isEqualTo(wrong.fail() ? ResponseCode.SUCCESS : JmsRefusal.TRANSACTION_ROLLED_BACK.code());
            Frame prepared = peer.call(JmsCode.BRANCH_PREPARE, new JmsBranchPrepareRequest(XA, ""));
            assertThat(JmsRefusal.of(prepared.code())).isEqualTo(JmsRefusal.TRANSACTION_ROLLED_BACK);
            assertThat(JmsRolledBack.readFrom(prepared.fields()).cause()).isPositive();
            peer.refused(JmsRefusal.BRANCH_DECIDED_OTHERWISE, JmsCode.BRANCH_DECIDE, decide(true, false));
            peer.rollBack(XA);
        }
        JmsBranchEndRequest gone = new JmsBranchEndRequest(XA, peer.sendFor("x"), 1, false, 0);
        assertThat(JmsRefusal.of(peer.tryEnd(gone, new JmsSettled(9, 1, 1, 1)).code()))
                .isEqualTo(JmsRefusal.TRANSACTION_ROLLED_BACK);
        checkQueue(OUT);
    }

    @Test
    void a_branch_that_is_not_prepared_in_its_time_is_rolled_back() {
        peer.send(IN, "a");
        peer.attach(1, IN, 1);
        peer.awaitDelivered("a");
        JmsBranchEndRequest end = new JmsBranchEndRequest(XA, peer.sendFor("x"), 1, false, 1);
        peer.success(peer.tryEnd(end, new JmsSettled(1, 1, 1, 1)));
        Peer reader = new Peer();
        reader.attach(1, IN, 10);

        reader.awaitDelivered("a x2");
        peer.refused(JmsRefusal.BRANCH_TIMED_OUT, JmsCode.BRANCH_PREPARE, new JmsBranchPrepareRequest(XA, ""));
        peer.refused(JmsRefusal.BRANCH_TIMED_OUT, JmsCode.BRANCH_DECIDE, decide(true, true));
        assertThat(JmsRefusal.of(peer.tryEnd(new JmsBranchEndRequest(XA, peer.sendFor("x"), 1, false, 0))
                        .code()))
                .isEqualTo(JmsRefusal.BRANCH_TIMED_OUT);
        peer.rollBack(XA);
        checkQueue(OUT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void parts_of_any_size_are_published_in_their_order(boolean onePhase) {
        String[] many = IntStream.range(0, 30)
                .mapToObj(i -> "%-20s".formatted("m" + i) + "-".repeat(20_000))
                .toArray(String[]::new);
        List<String> expected = new ArrayList<>();
        for (int part = 0; part < 4; part++) {
            String single = "single" + part;
            if (part % 2 == 0) {
                peer.end(XA, 0, single);
                expected.add(single);
            } else {
                new Peer().end(XA, 0, many);
                IntStream.range(0, 30).forEach(i -> expected.add("m" + i));
            }
        }
        if (onePhase) {
            peer.success(JmsCode.BRANCH_DECIDE, decide(true, true));
        } else {
            peer.prepare(XA);
            peer.commit(XA);
        }
        checkQueue(OUT, expected.toArray(String[]::new));
    }

    @Test
    void small_parts_are_one_branch_too() {
        peer.end(XA, 0, "a", "b");
        new Peer().end(XA, 0, "c");
        peer.prepare(XA);
        peer.commit(XA);
        checkQueue(OUT, "a", "b", "c");
    }

    @Test
    void a_part_is_not_enough_when_the_broker_has_lost_another() throws Exception {
        long life = peer.end(XA, 0, "a");
        restart();

        JmsBranchEndRequest second = new JmsBranchEndRequest(XA, peer.sendFor("b"), 1, false, 0, life);
        assertThat(JmsRefusal.of(peer.tryEnd(second).code())).isEqualTo(JmsRefusal.TRANSACTION_ROLLED_BACK);
        peer.end(XA, 0, "c");
        peer.refused(
                JmsRefusal.TRANSACTION_ROLLED_BACK, JmsCode.BRANCH_PREPARE, new JmsBranchPrepareRequest(XA, "", life));
        checkQueue(OUT);
    }

    @Test
    void an_operators_decision_stands_until_who_should_have_decided_has_noticed() throws Exception {
        peer.end(XA, 0, "x");
        peer.refused(
                JmsRefusal.WRONG_BRANCH_STATE, JmsCode.BRANCH_RESOLVE, new JmsBranchResolveRequest(XA, null, true));
        peer.prepare(XA);
        peer.refused(JmsRefusal.UNKNOWN_BRANCH, JmsCode.BRANCH_RESOLVE, new JmsBranchResolveRequest(XA, "alice", true));
        peer.success(JmsCode.BRANCH_RESOLVE, new JmsBranchResolveRequest(XA, null, true));
        checkQueue(OUT, "x");
        restart();

        assertThat(peer.recover())
                .extracting(JmsBranchInfo::state, JmsBranchInfo::heuristic)
                .containsExactly(tuple(JmsBranchInfo.State.COMMITTED, true));
        for (boolean commit : new boolean[] {true, false}) {
            Frame answer = peer.call(JmsCode.BRANCH_DECIDE, decide(commit, false));
            assertThat(JmsRefusal.of(answer.code())).isEqualTo(JmsRefusal.BRANCH_DECIDED_OTHERWISE);
            assertThat(JmsBranchDecided.readFrom(answer.fields())).isEqualTo(new JmsBranchDecided(true, true));
        }
        peer.success(JmsCode.BRANCH_FORGET, new JmsBranchForgetRequest(XA));
        assertThat(peer.recover()).isEmpty();
        restart();
        assertThat(peer.recover()).isEmpty();
    }

    @Test
    void any_living_member_of_a_group_is_asked_what_became_of_a_branch_until_one_knows() throws Exception {
        stop();
        start("transactionTimeOut", "1", "transactionCheckInterval", "1", "reattachGraceMillis", "0");
        JmsBranch table = new JmsBranch(JmsBranch.Kind.TABLE, "t-1");
        Peer first = new Peer();
        first.success(JmsCode.GROUP_JOIN, new JmsGroupJoinRequest("orders"));
        first.end(table, 0, "x");
        first.success(JmsCode.BRANCH_PREPARE, new JmsBranchPrepareRequest(table, "orders"));
        Peer stranger = new Peer();
        stranger.success(JmsCode.GROUP_JOIN, new JmsGroupJoinRequest("others"));
        JmsBranchCheck question = new JmsBranchCheck(table, "orders");
        await().atMost(WAIT).until(() -> first.asked.size() > 1);
        first.close();
        Peer second = new Peer();
        second.success(JmsCode.GROUP_JOIN, new JmsGroupJoinRequest("orders"));
        await().atMost(WAIT).until(() -> second.asked.contains(question));

        stop();
        start("transactionTimeOut", "1", "transactionCheckInterval", "1", "reattachGraceMillis", "0");
        Peer third = new Peer();
        third.success(JmsCode.GROUP_JOIN, new JmsGroupJoinRequest("orders"));
        await().atMost(WAIT).until(() -> third.asked.contains(question));
        third.commit(table);
        third.commit(table);

        checkQueue(OUT, "x");
        assertThat(stranger.asked).isEmpty();
    }

    @Test
    void a_list_shows_what_is_not_prepared_too() {
        peer.end(XA, 0, "x");
        peer.end(new JmsBranch(JmsBranch.Kind.TABLE, "t-1"), 0, "y");
        peer.prepare(XA);
        Frame answer = peer.success(JmsCode.BRANCH_LIST, new JmsBranchListRequest(null));
        assertThat(JmsBranchesBody.parse(answer.body()).branches())
                .extracting(info -> info.branch().toString(), JmsBranchInfo::state)
                .containsExactlyInAnyOrder(
                        tuple(XA.toString(), JmsBranchInfo.State.PREPARED),
                        tuple("tab:t-1", JmsBranchInfo.State.ACTIVE));
        Frame one = peer.success(JmsCode.BRANCH_LIST, new JmsBranchListRequest("tab:"));
        assertThat(JmsBranchesBody.parse(one.body()).branches()).hasSize(1);
    }

    @Test
    void a_destination_that_a_prepared_branch_needs_is_not_deleted() throws Exception {
        peer.send(IN, "a");
        peer.attach(1, IN, 1);
        peer.awaitDelivered("a");
        peer.end(XA, 1, "x");
        peer.prepare(XA);
        restart();
        for (String topic : List.of(IN, OUT)) {
            Frame refused = peer.call(RequestCode.DELETE_TOPIC_IN_BROKER, RawClient.header("topic", topic));
            assertThat(refused.code()).isNotEqualTo(ResponseCode.SUCCESS);
            assertThat(refused.remark()).contains(XA.toString()).contains("agena tx");
        }
        peer.commit(XA);
        peer.success(JmsCode.RESOLVE, new JmsResolveRequest(OUT, DestinationKind.QUEUE, false));
        peer.success(RequestCode.DELETE_TOPIC_IN_BROKER, RawClient.header("topic", OUT));
    }

    @Test
    void what_is_for_a_destination_that_is_gone_is_not_prepared() {
        JmsBranch small = JmsBranch.xa(1, new byte[] {4}, new byte[] {4});
        peer.end(XA, 0, "x".repeat(600_000), "y".repeat(600_000));
        peer.end(small, 0, "z");
        peer.success(RequestCode.DELETE_TOPIC_IN_BROKER, RawClient.header("topic", OUT));

        for (JmsBranch each : List.of(XA, small)) {
            peer.refused(
                    JmsRefusal.TRANSACTION_ROLLED_BACK, JmsCode.BRANCH_PREPARE, new JmsBranchPrepareRequest(each, ""));
        }
        assertThat(peer.recover()).isEmpty();
    }

    @Test
    void of_two_who_decide_at_once_one_is_right_and_the_other_is_told() {
        for (int round = 0; round < 50; round++) {
            JmsBranch branch = JmsBranch.xa(round, new byte[] {1}, new byte[] {2});
            Peer other = new Peer();
            peer.end(branch, 0, "x" + round);
            peer.prepare(branch);
            CompletableFuture<Frame> commit = peer.begin(
                    JmsCode.BRANCH_DECIDE, new JmsBranchDecideRequest(branch, true, false, true), Body.EMPTY);
            CompletableFuture<Frame> rollBack = other.begin(
                    JmsCode.BRANCH_DECIDE, new JmsBranchDecideRequest(branch, false, false, true), Body.EMPTY);
            List<Integer> codes = List.of(commit.join().code(), rollBack.join().code());
            assertThat(codes)
                    .containsExactlyInAnyOrder(ResponseCode.SUCCESS, JmsRefusal.BRANCH_DECIDED_OTHERWISE.code());
            if (codes.get(0) == ResponseCode.SUCCESS) {
                peer.commit(branch);
            } else {
                peer.rollBack(branch);
            }
            other.close();
            open.remove(other);
        }
    }
}
