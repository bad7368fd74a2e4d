// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsAttachRequest;
import io.agenamq.protocol.command.JmsBrowseRequest;
import io.agenamq.protocol.command.JmsBrowseResponse;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsQueueStatusRequest;
import io.agenamq.protocol.command.JmsQueueStatusResponse;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A queue gets more message queues from an operator, or fewer, while it is consumed. */
@Timeout(120)
class GrownQueueTest {

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final String QUEUE = "Orders";

    @TempDir
    private Path folder;

    private TestBroker broker;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start(folder);
        client = broker.client();
        resize(1);
        attach(1, 100);
    }

    @AfterEach
    void stop() {
        client.close();
        broker.close();
    }

    private void resize(int count) {
        Frame answer = client.call(
                RequestCode.UPDATE_AND_CREATE_TOPIC,
                "topic",
                QUEUE,
                "defaultTopic",
                "TBW102",
                "readQueueNums",
                String.valueOf(count),
                "writeQueueNums",
                String.valueOf(count),
                "perm",
                "6",
                "topicFilterType",
                "SINGLE_TAG",
                "attributes",
                "+kind=queue");
        assertThat(answer.code()).as(answer.remark()).isEqualTo(ResponseCode.SUCCESS);
    }

    private void attach(int consumer, int credit) {
        Frame answer = client.call(
                JmsCode.ATTACH,
                new JmsAttachRequest(
                        consumer, QUEUE, DestinationKind.QUEUE, null, null, null, null, null, credit, 1 << 20));
        assertThat(answer.code()).as(answer.remark()).isEqualTo(ResponseCode.SUCCESS);
    }

    private void send(int queueId) {
        Frame answer = client.call(
                RequestCode.SEND_MESSAGE_V2, RawClient.send(QUEUE, queueId, false), Body.of(new byte[] {1}));
        assertThat(answer.code()).as(answer.remark()).isEqualTo(ResponseCode.SUCCESS);
    }

    private void awaitInFlight(long count) {
        await().atMost(WAIT).untilAsserted(() -> assertThat(JmsQueueStatusResponse.readFrom(
                                client.call(JmsCode.QUEUE_STATUS, new JmsQueueStatusRequest(QUEUE))
                                        .fields())
                        .inFlight())
                .isEqualTo(count));
    }

    private int browse(int queueId) {
        Frame answer =
                client.call(JmsCode.BROWSE, new JmsBrowseRequest(QUEUE, queueId, null, 0, 0, 10, 1 << 20, false));
        assertThat(answer.code()).as(answer.remark()).isEqualTo(ResponseCode.SUCCESS);
        return JmsBrowseResponse.readFrom(answer.fields()).count();
    }

    @Test
    void consumers_that_are_there_get_what_is_sent_to_new_message_queues() {
        resize(4);
        send(3);
        awaitInFlight(1);
        send(0);
        awaitInFlight(2);
    }

    @Test
    void new_message_queues_can_be_browsed_before_anything_was_sent() {
        resize(4);

        assertThat(browse(3)).isZero();
        send(3);
        assertThat(browse(3)).isEqualTo(1);
    }

    @Test
    void a_message_queue_that_was_taken_away_and_given_back_is_read_again() {
        resize(4);
        send(0);
        awaitInFlight(1);
        resize(2);
        resize(4);

        send(3);
        awaitInFlight(2);
    }
}
