// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoding;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class JmsCommandsTest {

    private static final InetSocketAddress HOST = new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);

    @Test
    void every_command_reads_what_it_wrote_in_both_header_encodings() {
        roundTrip(
                new JmsAttachRequest(
                        7, "Orders", DestinationKind.QUEUE, "a = 'ü'", "AB", null, null, null, 100, 1 << 20),
                JmsAttachRequest::readFrom);
        roundTrip(
                new JmsAttachRequest(7, "Orders", DestinationKind.TOPIC, null, null, null, null, null, 0, 0),
                JmsAttachRequest::readFrom);
        JmsSubscription subscription = new JmsSubscription("audit.ü", "app", true, false);
        roundTrip(
                new JmsAttachRequest(
                        7,
                        "News",
                        DestinationKind.TOPIC,
                        null,
                        null,
                        subscription,
                        new StartPoint.Last(100),
                        new JmsAttachment("jms@A", 3, 2),
                        0,
                        0),
                JmsAttachRequest::readFrom);
        JmsSubscription shared = new JmsSubscription("audit", null, false, true);
        roundTrip(
                new JmsAttachRequest(
                        7, "News", DestinationKind.TOPIC, null, null, shared, new StartPoint.Earliest(), null, 0, 0),
                JmsAttachRequest::readFrom);
        roundTrip(new JmsAttachResponse(true, 1L << 40), JmsAttachResponse::readFrom);
        roundTrip(new JmsSettleRequest(7, 1L << 40), JmsSettleRequest::readFrom);
        roundTrip(new JmsUnsubscribeRequest("audit", null), JmsUnsubscribeRequest::readFrom);
        roundTrip(new JmsSubscriptionsRequest("News"), JmsSubscriptionsRequest::readFrom);
        roundTrip(new JmsSeekRequest("audit", "app", new StartPoint.Offset(7), true), JmsSeekRequest::readFrom);
        roundTrip(new JmsSeekRequest("audit", null, null, false), JmsSeekRequest::readFrom);
        roundTrip(new JmsSeekRequest("audit", null, null, "ID:7F", false), JmsSeekRequest::readFrom);
        roundTrip(
                new JmsQueueSeekRequest("Orders", new StartPoint.Earliest(), null, true),
                JmsQueueSeekRequest::readFrom);
        roundTrip(new JmsQueueSeekRequest("Orders", null, "ID:7F", false), JmsQueueSeekRequest::readFrom);
        roundTrip(new JmsQueueSeekResponse(1, 2, 3, 4, 5, 1L << 40), JmsQueueSeekResponse::readFrom);
        roundTrip(new JmsTraceFindRequest("ID:7F", null), JmsTraceFindRequest::readFrom);
        roundTrip(new JmsTraceFindRequest("ID:7F", "Orders"), JmsTraceFindRequest::readFrom);
        roundTrip(new JmsTraceStateRequest("Orders", 1, 1L << 40), JmsTraceStateRequest::readFrom);
        roundTrip(new JmsTraceLogRequest("Orders", 1, 7, 1L << 40), JmsTraceLogRequest::readFrom);
        roundTrip(new JmsTraceLogResponse(1L << 40, 1L << 41), JmsTraceLogResponse::readFrom);
        roundTrip(new JmsSeekResponse(3, 1L << 40), JmsSeekResponse::readFrom);
        roundTrip(new JmsClientIdRequest("app", "AB12", true), JmsClientIdRequest::readFrom);
        roundTrip(new JmsDetachRequest(7, 12L, true), JmsDetachRequest::readFrom);
        roundTrip(new JmsCreditRequest(7, 2, 50, 1000), JmsCreditRequest::readFrom);
        roundTrip(new JmsProbeRequest(7, 2, 1, 1000, true), JmsProbeRequest::readFrom);
        roundTrip(new JmsProbeResponse(1L << 40), JmsProbeResponse::readFrom);
        roundTrip(new JmsAcknowledgeRequest(7, 3, 9, 2, 7, 7000, true), JmsAcknowledgeRequest::readFrom);
        roundTrip(new JmsReleaseRequest(7, 3, 9, false, 0, 0), JmsReleaseRequest::readFrom);
        roundTrip(
                new JmsReleaseRequest(7, 3, 9, true, 0, 0, new JmsFailure(9, "java.lang.Error", "why")),
                JmsReleaseRequest::readFrom);
        roundTrip(
                new JmsReleaseRequest(7, 3, 9, true, 0, 0, new JmsFailure(9, "java.lang.Error", "")),
                JmsReleaseRequest::readFrom);
        roundTrip(new JmsDelivery(7, 3, 10, 32), JmsDelivery::readFrom);
        roundTrip(new JmsBrowseRequest("Orders", 0, null, 5, 9, 100, 1 << 20, true), JmsBrowseRequest::readFrom);
        roundTrip(new JmsBrowseResponse(3, 9, 9, 1), JmsBrowseResponse::readFrom);
        roundTrip(new JmsResolveRequest("Orders", DestinationKind.QUEUE, true), JmsResolveRequest::readFrom);
        roundTrip(new JmsResolveResponse(DestinationKind.NATIVE, 8, 3), JmsResolveResponse::readFrom);
        roundTrip(new JmsLoginResponse("broker-a"), JmsLoginResponse::readFrom);
        roundTrip(new JmsHomeRequest("Orders", "broker-a", true), JmsHomeRequest::readFrom);
        roundTrip(new JmsHome("broker-a", "127.0.0.1:10911"), JmsHome::readFrom);
        roundTrip(new JmsHome("broker-a", null), JmsHome::readFrom);
        roundTrip(JmsHome.NOWHERE, JmsHome::readFrom);
        roundTrip(new JmsVacateRequest("News", subscription), JmsVacateRequest::readFrom);
        roundTrip(new JmsVacateRequest("News", shared), JmsVacateRequest::readFrom);
        roundTrip(new JmsQueueStatusRequest("Orders"), JmsQueueStatusRequest::readFrom);
        roundTrip(
                new JmsQueueStatusResponse(1, 2, 3, 4, 5, 6, true, false, "%DLQ%Orders"),
                JmsQueueStatusResponse::readFrom);
        roundTrip(new JmsSweepRequest("Orders", 0, "a = 1", "Late", 5, 9, 100), JmsSweepRequest::readFrom);
        roundTrip(new JmsSweepRequest("Orders", 0, null, null, 0, 0, 1), JmsSweepRequest::readFrom);
        roundTrip(new JmsSweepResponse(3, 1, 9, 9, 1), JmsSweepResponse::readFrom);
        roundTrip(new JmsConfigureRequest("Orders", "delivery.paused", "true"), JmsConfigureRequest::readFrom);
        roundTrip(new JmsConfigureRequest("Orders", "delivery.paused", null), JmsConfigureRequest::readFrom);
        JmsTransaction transaction = new JmsTransaction("7F00000100", 1L << 40);
        roundTrip(new JmsCommitRequest(transaction, 3, true), JmsCommitRequest::readFrom);
        roundTrip(new JmsRollbackRequest(transaction), JmsRollbackRequest::readFrom);
        roundTrip(new JmsRolledBack(20_105), JmsRolledBack::readFrom);
        roundTrip(new JmsOutcomeRequest(transaction, 1500), JmsOutcomeRequest::readFrom);
        for (JmsOutcomeResponse.Outcome outcome : JmsOutcomeResponse.Outcome.values()) {
            roundTrip(new JmsOutcomeResponse(outcome), JmsOutcomeResponse::readFrom);
        }
        ByteBuffer properties = StandardCharsets.UTF_8.encode("a\u00011\u0002");
        SendMessageRequest send =
                new SendMessageRequest("P", "Orders", "", 0, 1, 0, 17, 0, properties, 0, false, -1, false, "broker-a");
        roundTrip(new JmsTransactionSendRequest(transaction, 12, send), JmsTransactionSendRequest::readFrom);
    }

    @Test
    void what_a_transaction_settles_is_read_as_it_was_written_and_anything_else_is_refused() {
        List<JmsSettled> settled = List.of(new JmsSettled(7, 1, 1L << 40, 17), new JmsSettled(9, 4, 4, 1));
        ByteBuffer body = whole(JmsSettled.write(settled));

        assertThat(JmsSettled.readAll(body)).isEqualTo(settled);
        assertThat(JmsSettled.readAll(whole(JmsSettled.write(List.of())))).isEmpty();
        assertThatThrownBy(() -> JmsSettled.readAll(body.slice(0, body.limit() - 1)))
                .isInstanceOf(ProtocolException.class);
        for (JmsSettled wrong : List.of(
                new JmsSettled(1, 0, 5, 1),
                new JmsSettled(1, 6, 5, 1),
                new JmsSettled(1, 4, 5, 0),
                new JmsSettled(1, 4, 5, 3))) {
            assertThatThrownBy(() -> JmsSettled.readAll(whole(JmsSettled.write(List.of(wrong)))))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void a_transaction_that_no_client_names_so_is_refused() {
        roundTrip(new JmsRollbackRequest(new JmsTransaction("S".repeat(64), 1)), JmsRollbackRequest::readFrom);
        for (JmsTransaction wrong :
                List.of(new JmsTransaction("", 1), new JmsTransaction("S".repeat(65), 1), new JmsTransaction("S", 0))) {
            assertThatThrownBy(() -> roundTrip(new JmsRollbackRequest(wrong), JmsRollbackRequest::readFrom))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void a_transaction_of_one_user_is_none_of_another() {
        JmsTransaction named = new JmsTransaction("alice/S", 1);
        assertThat(List.of(
                        named.ofUser(null),
                        named.ofUser("alice"),
                        named.ofUser("bob"),
                        new JmsTransaction("S", 1).ofUser("alice"),
                        new JmsTransaction("S", 1).ofUser(null)))
                .doesNotHaveDuplicates();
    }

    private static ByteBuffer whole(Body body) {
        List<ByteBuffer> parts = new ArrayList<>();
        body.appendTo(parts);
        ByteBuffer whole = ByteBuffer.allocate(body.length());
        parts.forEach(whole::put);
        return whole.flip();
    }

    private static <C extends Header> void roundTrip(C command, Function<Fields, C> reader) {
        for (HeaderEncoding encoding : HeaderEncoding.values()) {
            ByteBuffer frame = FrameCodec.encode(encoding, JmsCode.ATTACH, 1, 0, null, command, Body.EMPTY);
            frame.position(Integer.BYTES);
            assertThat(reader.apply(FrameCodec.decode(frame).fields())).isEqualTo(command);
        }
    }

    @Test
    void places_come_back_as_ranges_and_nothing_else_is_read_as_places() {
        JmsPlaces places = new JmsPlaces();
        assertThat(places.isEmpty()).isTrue();
        places.add(JmsPlaces.Fate.ACKNOWLEDGED, 3, 7);
        places.add(JmsPlaces.Fate.ACKNOWLEDGED, 3, 8);
        places.add(JmsPlaces.Fate.UNSEEN, 3, 9);
        places.add(JmsPlaces.Fate.UNSEEN, 0, 10);
        ByteBuffer body = bytes(places.toBody());

        assertThat(JmsPlaces.read(body))
                .containsExactly(
                        new JmsPlaces.Range(JmsPlaces.Fate.ACKNOWLEDGED, 3, 7, 8),
                        new JmsPlaces.Range(JmsPlaces.Fate.UNSEEN, 3, 9, 9),
                        new JmsPlaces.Range(JmsPlaces.Fate.UNSEEN, 0, 10, 10));
        for (int length = 1; length < 21; length++) {
            ByteBuffer torn = body.slice(0, length);
            assertThatThrownBy(() -> JmsPlaces.read(torn)).isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> JmsPlaces.read(body.duplicate().put(0, (byte) 9)))
                .isInstanceOf(ProtocolException.class);
    }

    private static ByteBuffer bytes(Body body) {
        List<ByteBuffer> parts = new ArrayList<>();
        body.appendTo(parts);
        ByteBuffer whole = ByteBuffer.allocate(body.length());
        parts.forEach(whole::put);
        return whole.flip();
    }

    @Test
    void a_body_of_deliveries_holds_whole_records_with_their_counts() {
        ByteBuffer body = ByteBuffer.allocate(1000);
        putDelivery(body, 1, "first");
        putDelivery(body, 3, "second one");
        body.flip();
        List<String> seen = new ArrayList<>();

        JmsDeliveries.forEach(body, (count, at, length) -> {
            byte[] text = new byte[MessageRecord.bodyLength(body, at)];
            body.get(MessageRecord.bodyStart(body, at), text);
            seen.add(count + " " + new String(text, StandardCharsets.UTF_8));
        });

        assertThat(seen).containsExactly("1 first", "3 second one");
    }

    @Test
    void a_torn_body_is_refused() {
        ByteBuffer body = ByteBuffer.allocate(1000);
        putDelivery(body, 1, "first");
        body.flip();
        for (int length = 1; length < body.limit(); length++) {
            ByteBuffer torn = body.slice(0, length);
            assertThatThrownBy(() -> JmsDeliveries.forEach(torn, (count, at, bytes) -> {}))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    private static void putDelivery(ByteBuffer body, int count, String text) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        MessageDraft draft = new MessageDraft("T", 0, 0, 0, 0, HOST, 0, 0, ByteBuffer.allocate(0), bytes);
        body.putInt(count);
        int at = body.position();
        body.position(at + MessageRecord.encode(draft, HOST, body, at));
    }
}
