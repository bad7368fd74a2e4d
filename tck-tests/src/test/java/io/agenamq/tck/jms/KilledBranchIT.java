// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsAttachRequest;
import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchDecideRequest;
import io.agenamq.protocol.command.JmsBranchEndRequest;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.protocol.command.JmsBranchPrepareRequest;
import io.agenamq.protocol.command.JmsBranchRecoverRequest;
import io.agenamq.protocol.command.JmsBranchesBody;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsDeliveries;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsResolveRequest;
import io.agenamq.protocol.command.JmsSettled;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.command.JmsTransactionSendRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import io.agenamq.remoting.Request;
import io.agenamq.tck.server.Cluster;
import io.agenamq.tck.server.Distribution;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A broker is killed while branches are prepared and decided. Each takes a number from one queue and puts it into another: at the end every number is in one of the two, as the
 * decisions say that were answered.
 */
@Timeout(300)
class KilledBranchIT {

    private static final int ROUNDS = 2;
    private static final int BRANCHES = 30;
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final String IN = "branches-in";
    private static final String OUT = "branches-out";
    private static final Path DIRECTORY =
            Path.of("target", "tck", "killed-branch").toAbsolutePath();

    private int sessions;

    /** One connection. */
    private static final class Peer implements AutoCloseable {

        /** What came, in its order, per consumer. */
        final Map<Integer, List<String>> delivered = new ConcurrentHashMap<>();

        private final RemotingClient client;
        private final Connection connection;

        Peer(String address) {
            HandlerTable pushes = new HandlerTable().register(JmsCode.DELIVER, this::delivered);
            client = new RemotingClient(RemotingClientConfig.defaults().withThreadName("peer"), pushes);
            connection = client.connect(HostPort.parse(address), WAIT).join();
        }

        private void delivered(Request request) {
            int consumer = request.frame().fields().requireInt("c");
            ByteBuffer records = request.frame().body();
            JmsDeliveries.forEach(records, (count, at, length) -> {
                byte[] body = new byte[MessageRecord.bodyLength(records, at)];
                records.get(MessageRecord.bodyStart(records, at), body);
                delivered
                        .computeIfAbsent(consumer, key -> new CopyOnWriteArrayList<>())
                        .add(new String(body, StandardCharsets.UTF_8));
            });
        }

        CompletableFuture<Frame> begin(int code, Header header, Body body) {
            return connection.call(code, header, body, WAIT);
        }

        Frame success(int code, Header header, Body body) {
            Frame frame = begin(code, header, body).join();
            assertThat(frame.code()).as(String.valueOf(frame.remark())).isEqualTo(ResponseCode.SUCCESS);
            return frame;
        }

        void attach(int consumer, String queue, int credit) {
            Header attach = new JmsAttachRequest(
                    consumer, queue, DestinationKind.QUEUE, null, null, null, null, null, credit, 1 << 26);
            var unused = success(JmsCode.ATTACH, attach, Body.EMPTY);
        }

        List<String> of(int consumer) {
            return delivered.getOrDefault(consumer, List.of());
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static Body body(String text) {
        return Body.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static SendMessageRequest send(String queue) {
        return new SendMessageRequest(
                "P", queue, "", 0, 0, 0, 1, 0, MessageProperties.of(Map.of()), 0, false, -1, false, null);
    }

    private static JmsBranch branch(int round, int number) {
        return JmsBranch.xa(round, new byte[] {(byte) number}, new byte[] {1});
    }

    @Test
    void what_was_answered_stands_and_what_was_not_can_be_decided() throws Exception {
        try (Cluster cluster = Cluster.of(Distribution.AGENA)
                .broker("broker-a")
                .with("reattachGraceMillis", "0")
                .start(DIRECTORY)) {
            int numbers = ROUNDS * BRANCHES;
            try (Peer peer = new Peer(cluster.broker().address())) {
                for (String queue : List.of(IN, OUT)) {
                    var unused = peer.success(
                            JmsCode.RESOLVE, new JmsResolveRequest(queue, DestinationKind.QUEUE, true), Body.EMPTY);
                }
                for (int i = 0; i < numbers; i++) {
                    var unused = peer.success(RequestCode.SEND_MESSAGE_V2, send(IN), body("n" + i));
                }
            }
            Set<String> moved = new TreeSet<>();
            for (int round = 0; round < ROUNDS; round++) {
                moved.addAll(round(cluster, round));
            }
            check(cluster, numbers, moved);
        }
    }

    /** Kills the broker in the middle of it; answers what was moved for certain. */
    private Set<String> round(Cluster cluster, int round) {
        Map<Integer, String> taken = new HashMap<>();
        Map<Integer, CompletableFuture<Frame>> prepared = new HashMap<>();
        Map<Integer, CompletableFuture<Frame>> decided = new HashMap<>();
        try (Peer peer = new Peer(cluster.broker().address())) {
            peer.attach(1, IN, BRANCHES);
            await().atMost(WAIT).until(() -> peer.of(1).size() == BRANCHES);
            for (int i = 0; i < BRANCHES; i++) {
                taken.put(i, peer.of(1).get(i));
                end(peer, branch(round, i), i + 1, taken.get(i));
            }
            for (int i = 0; i < BRANCHES; i++) {
                prepared.put(
                        i,
                        peer.begin(
                                JmsCode.BRANCH_PREPARE, new JmsBranchPrepareRequest(branch(round, i), ""), Body.EMPTY));
            }
            prepared.get(BRANCHES / 2).join();
            for (int i = 0; i < BRANCHES / 2; i++) {
                decided.put(i, peer.begin(JmsCode.BRANCH_DECIDE, decision(round, i, isCommit(i)), Body.EMPTY));
            }
            decided.get(BRANCHES / 4).join();
            cluster.broker().kill();
        }
        cluster.broker().restart();
        try (Peer peer = new Peer(cluster.broker().address())) {
            Set<JmsBranch> waiting = recover(peer);
            Set<String> moved = new TreeSet<>();
            for (int i = 0; i < BRANCHES; i++) {
                boolean wasPrepared = isDone(prepared.get(i));
                boolean wasDecided = decided.containsKey(i) && isDone(decided.get(i));
                if (waiting.contains(branch(round, i))) {
                    assertThat(wasDecided).as("decided, and answered").isFalse();
                    assertThat(peer.success(JmsCode.BRANCH_DECIDE, decision(round, i, isCommit(i)), Body.EMPTY)
                                    .remark())
                            .isNull();
                } else if (!decided.containsKey(i)) {
                    assertThat(wasPrepared).as("prepared, and answered").isFalse();
                }
                Frame again = peer.begin(JmsCode.BRANCH_DECIDE, decision(round, i, isCommit(i)), Body.EMPTY)
                        .join();
                if (again.code() == ResponseCode.SUCCESS && isCommit(i)) {
                    moved.add(taken.get(i));
                } else if (again.code() != ResponseCode.SUCCESS) {
                    assertThat(JmsRefusal.of(again.code())).isEqualTo(JmsRefusal.UNKNOWN_BRANCH);
                    assertThat(wasDecided || (wasPrepared && !decided.containsKey(i)))
                            .isFalse();
                }
            }
            assertThat(recover(peer)).isEmpty();
            return moved;
        }
    }

    private static boolean isCommit(int number) {
        return number % 3 != 0;
    }

    private static Header decision(int round, int number, boolean commit) {
        return new JmsBranchDecideRequest(branch(round, number), commit, false, true);
    }

    private static boolean isDone(CompletableFuture<Frame> answer) {
        return answer.isDone()
                && !answer.isCompletedExceptionally()
                && answer.join().code() == ResponseCode.SUCCESS;
    }

    private void end(Peer peer, JmsBranch branch, int sequence, String text) {
        JmsTransaction part = new JmsTransaction("KilledBranch", ++sessions);
        var sent =
                peer.success(JmsCode.TRANSACTION_SEND, new JmsTransactionSendRequest(part, 1, send(OUT)), body(text));
        assertThat(sent.code()).isEqualTo(ResponseCode.SUCCESS);
        var unused = peer.success(
                JmsCode.BRANCH_END,
                new JmsBranchEndRequest(branch, part, 1, false, 0),
                JmsSettled.write(List.of(new JmsSettled(1, sequence, sequence, 1))));
    }

    private static Set<JmsBranch> recover(Peer peer) {
        Frame answer = peer.success(JmsCode.BRANCH_RECOVER, new JmsBranchRecoverRequest(JmsBranch.Kind.XA), Body.EMPTY);
        return JmsBranchesBody.parse(answer.body()).branches().stream()
                .map(JmsBranchInfo::branch)
                .collect(Collectors.toSet());
    }

    private static void check(Cluster cluster, int numbers, Set<String> moved) {
        try (Peer peer = new Peer(cluster.broker().address())) {
            peer.attach(1, IN, 10_000);
            peer.attach(2, OUT, 10_000);
            await().atMost(WAIT).until(() -> peer.of(1).size() + peer.of(2).size() >= numbers);
            assertThat(peer.of(2)).containsExactlyInAnyOrderElementsOf(moved);
            Set<String> left = IntStream.range(0, numbers)
                    .mapToObj(i -> "n" + i)
                    .filter(text -> !moved.contains(text))
                    .collect(Collectors.toSet());
            assertThat(peer.of(1)).containsExactlyInAnyOrderElementsOf(left);
        }
    }
}
