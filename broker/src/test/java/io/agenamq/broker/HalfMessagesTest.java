// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.command.CheckTransactionRequest;
import io.agenamq.protocol.command.EndTransactionRequest;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsTraceBody;
import io.agenamq.protocol.command.JmsTraceFact;
import io.agenamq.protocol.command.JmsTraceFindRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SendMessageResponse;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.RecordDefect;
import io.agenamq.protocol.record.SysFlag;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RocketMQ's transactional messages, said byte for byte. */
class HalfMessagesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BANK = "bank";
    private static final String GIVEN_UP = "TRANS_CHECK_MAX_TIME_TOPIC";

    /** Nobody is asked while a test runs. */
    private static final String[] SLOWLY = {};

    /** As soon, and as often, as the broker's timer allows. */
    private static final String[] QUICKLY = {
        "transactionTimeOut", "1", "transactionCheckInterval", "1", "transactionCheckMax", "3"
    };

    @TempDir
    private Path folder;

    private TestBroker broker;
    private RawClient client;

    @AfterEach
    void stop() {
        client.close();
        broker.close();
    }

    private void start(String... options) throws Exception {
        broker = TestBroker.start(folder, options);
        client = broker.client();
        // So that the topic exists, and both offsets and positions differ from zero.
        client.send("TopicA", "first");
    }

    private void restart(String... options) throws Exception {
        client.close();
        broker.close();
        broker = TestBroker.start(folder, options);
        client = broker.client();
    }

    @Test
    void a_committed_message_is_seen_from_then_on() throws Exception {
        start(SLOWLY);
        SendMessageResponse half = sendHalf("debit", "TAGS", "TagA", "KEYS", "k1");
        assertThat(half.transactionId()).isEqualTo("U-debit");
        assertThat(visible()).containsExactly("first");
        assertThat(found("k1")).isEmpty();

        assertThat(end(half, EndTransactionRequest.COMMIT).code()).isEqualTo(ResponseCode.SUCCESS);

        assertThat(visible()).containsExactly("first", "debit");
        assertThat(found("k1")).containsExactly("debit");
        ByteBuffer record = client.pull("TopicA", 0, 1, "TagA").body();
        assertThat(SysFlag.transaction(MessageRecord.sysFlag(record, 0))).isEqualTo(SysFlag.TRANSACTION_COMMIT);
        assertThat(MessageRecord.preparedPosition(record, 0)).isEqualTo(half.queueOffset());
        assertThat(MessageRecord.queueOffset(record, 0)).isEqualTo(1);
        assertThat(property(record, "REAL_TOPIC")).isEqualTo("TopicA");
        assertThat(property(record, "REAL_QID")).isEqualTo("0");
        assertThat(property(record, "TRAN_MSG")).isEqualTo("true");
        assertThat(property(record, "__transactionId__")).isEqualTo("U-debit");
    }

    @Test
    void a_message_that_is_rolled_back_is_never_seen() throws Exception {
        start(SLOWLY);
        SendMessageResponse half = sendHalf("debit");
        end(half, EndTransactionRequest.ROLLBACK);
        client.send("TopicA", "second");

        assertThat(visible()).containsExactly("first", "second");
    }

    @Test
    void the_first_decision_stands_and_later_ones_are_told_what_happened() throws Exception {
        start(SLOWLY);
        SendMessageResponse committed = sendHalf("one");
        SendMessageResponse rolledBack = sendHalf("two");
        end(committed, EndTransactionRequest.COMMIT);
        end(rolledBack, EndTransactionRequest.ROLLBACK);

        for (int outcome : new int[] {EndTransactionRequest.COMMIT, EndTransactionRequest.ROLLBACK}) {
            assertThat(end(committed, outcome).code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
            assertThat(end(committed, outcome).remark()).contains("it is committed");
            assertThat(end(rolledBack, outcome).remark()).contains("it is rolled back");
        }
        assertThat(visible()).containsExactly("first", "one");
        restart(SLOWLY);
        assertThat(end(rolledBack, EndTransactionRequest.COMMIT).remark()).contains("nothing of the kind is undecided");
        assertThat(visible()).containsExactly("first", "one");
    }

    @Test
    void only_its_own_group_decides_and_only_by_the_offsets_that_it_was_told() throws Exception {
        start(SLOWLY);
        SendMessageResponse half = sendHalf("debit");
        long id = half.queueOffset();

        assertThat(end("thieves", id, id, EndTransactionRequest.COMMIT).remark())
                .contains("producer group bank");
        assertThat(end(BANK, id + 1, id, EndTransactionRequest.COMMIT).code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
        assertThat(end(BANK, id, id + 1, EndTransactionRequest.COMMIT).code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
        assertThat(end(BANK, Long.MIN_VALUE, Long.MAX_VALUE, EndTransactionRequest.COMMIT)
                        .code())
                .isEqualTo(ResponseCode.SYSTEM_ERROR);
        assertThat(end(half, EndTransactionRequest.UNKNOWN).code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(visible()).containsExactly("first");
        assertThat(end(half, EndTransactionRequest.COMMIT).code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(visible()).containsExactly("first", "debit");
    }

    @Test
    void a_restart_between_message_and_decision_changes_nothing() throws Exception {
        start(SLOWLY);
        SendMessageResponse one = sendHalf("one");
        SendMessageResponse two = sendHalf("two");

        restart(SLOWLY);

        assertThat(visible()).containsExactly("first");
        assertThat(end(two, EndTransactionRequest.COMMIT).code()).isEqualTo(ResponseCode.SUCCESS);
        assertThat(end(one, EndTransactionRequest.ROLLBACK).code()).isEqualTo(ResponseCode.SUCCESS);
        restart(SLOWLY);
        assertThat(visible()).containsExactly("first", "two");
    }

    @Test
    void decisions_of_one_burst_are_recorded_for_each_as_it_was_said() throws Exception {
        start(SLOWLY);
        int count = 600;
        SendMessageResponse[] halves = new SendMessageResponse[count];
        for (int i = 0; i < count; i++) {
            halves[i] = sendHalf("h" + i);
        }
        for (int i = 0; i < count; i++) {
            int outcome = i % 3 == 0 ? EndTransactionRequest.ROLLBACK : EndTransactionRequest.COMMIT;
            client.connection().push(RequestCode.END_TRANSACTION, ending(BANK, halves[i], outcome), Body.EMPTY);
        }
        // Behind all of them on the same connection.
        client.send("TopicA", "last");

        String[] expected = Stream.concat(
                        Stream.of("first"),
                        Stream.concat(
                                IntStream.range(0, count)
                                        .filter(i -> i % 3 != 0)
                                        .mapToObj(i -> "h" + i),
                                Stream.of("last")))
                .toArray(String[]::new);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(visible()).containsExactlyInAnyOrder(expected));
    }

    @Test
    void the_commit_of_a_message_whose_topic_is_gone_is_a_rollback_and_does_not_disturb_others() throws Exception {
        start(SLOWLY);
        client.send("Doomed", "x");
        SendMessageResponse gone = SendMessageResponse.readFrom(
                client.send("Doomed", "lost", "TRAN_MSG", "true", "PGROUP", BANK, "UNIQ_KEY", "U")
                        .fields());
        SendMessageResponse there = sendHalf("debit");
        client.call(RequestCode.DELETE_TOPIC_IN_BROKER, "topic", "Doomed");

        client.connection()
                .push(RequestCode.END_TRANSACTION, ending(BANK, there, EndTransactionRequest.COMMIT), Body.EMPTY);
        assertThat(end(gone, EndTransactionRequest.COMMIT).code()).isEqualTo(ResponseCode.TOPIC_NOT_EXIST);

        assertThat(visible()).containsExactly("first", "debit");
        assertThat(end(gone, EndTransactionRequest.COMMIT).remark()).contains("it is rolled back");
    }

    @Test
    void what_is_no_proper_half_message_is_refused() throws Exception {
        start(SLOWLY);
        assertThat(client.send("TopicA", "x", "TRAN_MSG", "true").code()).isEqualTo(ResponseCode.MESSAGE_ILLEGAL);
        assertThat(client.send("TopicA", "x", "TRAN_MSG", "true", "PGROUP", BANK, "DELAY", "3")
                        .code())
                .isEqualTo(ResponseCode.MESSAGE_ILLEGAL);
        assertThat(visible()).containsExactly("first");

        restart("rejectTransactionMessage", "true");
        assertThat(client.send("TopicA", "x", "TRAN_MSG", "true", "PGROUP", BANK)
                        .code())
                .isEqualTo(ResponseCode.NO_PERMISSION);
        assertThat(visible()).containsExactly("first");
    }

    @Test
    void a_producer_of_the_group_is_asked_and_its_answer_decides() throws Exception {
        start("transactionTimeOut", "1", "transactionCheckInterval", "1");
        client.produceFor("c1", BANK);
        SendMessageResponse half = sendHalf("debit");

        Frame question = client.nextQuestion(PATIENCE);

        assertThat(question).isNotNull();
        CheckTransactionRequest asked = CheckTransactionRequest.readFrom(question.fields());
        assertThat(asked.topic()).isEqualTo("RMQ_SYS_TRANS_HALF_TOPIC");
        assertThat(asked.commitLogOffset()).isEqualTo(half.queueOffset());
        assertThat(asked.tranStateTableOffset()).isEqualTo(half.queueOffset());
        assertThat(asked.msgId()).isEqualTo("U-debit");
        assertThat(asked.transactionId()).isEqualTo("U-debit");
        assertThat(MessageId.parse(String.valueOf(asked.offsetMsgId())).position())
                .isEqualTo(half.queueOffset());
        assertThat(asked.brokerName()).isEqualTo("broker-a");
        ByteBuffer record = question.body();
        assertThat(MessageRecord.defect(record, 0, record.remaining()).sentence())
                .isEqualTo(RecordDefect.NONE.sentence());
        assertThat(MessageRecord.length(record, 0)).isEqualTo(record.remaining());
        assertThat(MessageRecord.topic(record, 0)).isEqualTo("TopicA");
        assertThat(MessageRecord.bodyIsSound(record, 0)).isTrue();
        assertThat(SysFlag.transaction(MessageRecord.sysFlag(record, 0))).isEqualTo(SysFlag.TRANSACTION_NONE);
        assertThat(property(record, "TRANSACTION_CHECK_TIMES")).isEqualTo("1");
        assertThat(property(record, "PGROUP")).isEqualTo(BANK);
        assertThat(RawClient.bodies(question)).containsExactly("debit");

        end(half, EndTransactionRequest.COMMIT);
        assertThat(visible()).containsExactly("first", "debit");
    }

    @Test
    void when_nobody_of_the_group_is_there_the_next_one_to_come_is_asked_after_a_restart_too() throws Exception {
        start(QUICKLY);
        SendMessageResponse half = sendHalf("debit");
        restart(QUICKLY);
        client.produceFor("c1", "another group");
        try (RawClient other = broker.client()) {
            other.produceFor("c2", BANK);

            Frame question = other.nextQuestion(PATIENCE);

            assertThat(question).isNotNull();
            assertThat(property(question.body(), "TRANSACTION_CHECK_TIMES")).isEqualTo("1");
            end(half, EndTransactionRequest.COMMIT);
            assertThat(visible()).containsExactly("first", "debit");
            assertThat(client.nextQuestion(Duration.ZERO)).isNull();
        }
    }

    @Test
    void a_trace_says_that_it_is_half_and_how_often_somebody_was_asked() throws Exception {
        start("transactionTimeOut", "1", "transactionCheckInterval", "3600000");
        client.produceFor("c1", BANK);
        SendMessageResponse half = sendHalf("debit");
        assertThat(client.nextQuestion(PATIENCE)).isNotNull();

        for (String id : new String[] {"U-debit", half.msgId()}) {
            JmsTraceFact fact = traced(id).get(0);
            assertThat(fact.event()).isEqualTo(JmsTraceFact.Event.HALF);
            assertThat(fact.topic()).isEqualTo("TopicA");
            assertThat(fact.who()).contains(BANK);
            assertThat(fact.detail()).contains("asked 1 times");
        }
        assertThat(traced("U-credit")).isEmpty();
        // A unique key that looks like an offset id, and is none.
        assertThat(traced("7FF88C32671DF8B702216C2EA7890001")).isEmpty();

        end(half, EndTransactionRequest.COMMIT);
        assertThat(traced("U-debit")).hasSize(1);
        assertThat(traced("U-debit").get(0).event()).isEqualTo(JmsTraceFact.Event.STORED);
    }

    private List<JmsTraceFact> traced(String id) {
        return JmsTraceBody.parse(client.call(JmsCode.TRACE_FIND, new JmsTraceFindRequest(id, null))
                        .body())
                .facts();
    }

    @Test
    void members_of_the_group_are_asked_in_turns() throws Exception {
        start("transactionTimeOut", "1", "transactionCheckInterval", "1", "transactionCheckMax", "1000");
        try (RawClient other = broker.client()) {
            client.produceFor("c1", BANK);
            other.produceFor("c2", BANK);
            sendHalf("debit");

            assertThat(client.nextQuestion(PATIENCE)).isNotNull();
            assertThat(other.nextQuestion(PATIENCE)).isNotNull();
            assertThat(client.nextQuestion(PATIENCE)).isNotNull();
        }
    }

    @Test
    void what_was_asked_about_often_enough_is_given_up_over_restarts() throws Exception {
        start(QUICKLY);
        client.produceFor("c1", BANK);
        SendMessageResponse half = sendHalf("debit", "KEYS", "k1");
        assertThat(client.nextQuestion(PATIENCE)).isNotNull();
        restart(QUICKLY);
        client.produceFor("c1", BANK);

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(RawClient.bodies(client.pull(GIVEN_UP, 0, 0, "*")))
                .containsExactly("debit"));

        ByteBuffer record = client.pull(GIVEN_UP, 0, 0, "*").body();
        assertThat(property(record, "TRANSACTION_CHECK_TIMES")).isEqualTo("3");
        assertThat(property(record, "REAL_TOPIC")).isEqualTo("TopicA");
        assertThat(SysFlag.transaction(MessageRecord.sysFlag(record, 0))).isEqualTo(SysFlag.TRANSACTION_NONE);
        assertThat(end(half, EndTransactionRequest.COMMIT).remark()).contains("it was given up");
        assertThat(visible()).containsExactly("first");
        restart(QUICKLY);
        assertThat(visible()).containsExactly("first");
        assertThat(RawClient.bodies(client.pull(GIVEN_UP, 0, 0, "*"))).containsExactly("debit");
    }

    @Test
    void a_message_that_asks_for_more_time_gets_it() throws Exception {
        start(QUICKLY);
        client.produceFor("c1", BANK);
        SendMessageResponse patient = sendHalf("patient", "CHECK_IMMUNITY_TIME_IN_SECONDS", "3600");
        sendHalf("impatient");

        // Given up long before the first question about the other one.
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(RawClient.bodies(client.pull(GIVEN_UP, 0, 0, "*")))
                .containsExactly("impatient"));
        for (Frame asked = client.nextQuestion(Duration.ZERO);
                asked != null;
                asked = client.nextQuestion(Duration.ZERO)) {
            assertThat(RawClient.bodies(asked)).containsExactly("impatient");
        }
        end(patient, EndTransactionRequest.COMMIT);
        assertThat(visible()).containsExactly("first", "patient");
    }

    private SendMessageResponse sendHalf(String body, String... more) {
        String[] properties = Stream.concat(
                        Stream.of("TRAN_MSG", "true", "PGROUP", BANK, "UNIQ_KEY", "U-" + body), Arrays.stream(more))
                .toArray(String[]::new);
        Frame answer = client.send("TopicA", body, properties);
        assertThat(answer.code()).as(answer.remark()).isEqualTo(ResponseCode.SUCCESS);
        SendMessageResponse sent = SendMessageResponse.readFrom(answer.fields());
        assertThat(MessageId.parse(sent.msgId()).position()).isEqualTo(sent.queueOffset());
        return sent;
    }

    private Frame end(SendMessageResponse half, int outcome) {
        return client.call(RequestCode.END_TRANSACTION, ending(BANK, half, outcome));
    }

    private Frame end(String group, long offset, long position, int outcome) {
        return client.call(
                RequestCode.END_TRANSACTION,
                new EndTransactionRequest("TopicA", group, offset, position, outcome, false, "U", "U"));
    }

    private static EndTransactionRequest ending(String group, SendMessageResponse half, int outcome) {
        return new EndTransactionRequest(
                "TopicA",
                group,
                half.queueOffset(),
                MessageId.parse(half.msgId()).position(),
                outcome,
                false,
                String.valueOf(half.transactionId()),
                half.transactionId());
    }

    private List<String> visible() {
        List<String> all = new ArrayList<>();
        while (true) {
            Frame pulled = client.pull("TopicA", 0, all.size(), "*");
            if (pulled.code() != ResponseCode.SUCCESS) {
                return all;
            }
            all.addAll(RawClient.bodies(pulled));
        }
    }

    private List<String> found(String key) {
        Frame answer = client.call(
                RequestCode.QUERY_MESSAGE,
                "topic",
                "TopicA",
                "key",
                key,
                "maxNum",
                "10",
                "beginTimestamp",
                "0",
                "endTimestamp",
                Long.toString(Long.MAX_VALUE));
        return answer.code() == ResponseCode.SUCCESS ? RawClient.bodies(answer) : List.of();
    }

    private static String property(ByteBuffer record, String name) {
        Map<String, String> all = new HashMap<>();
        MessageProperties cursor = new MessageProperties().resetToRecord(record, 0);
        while (cursor.next()) {
            all.put(cursor.name(), cursor.value());
        }
        return all.get(name);
    }
}
