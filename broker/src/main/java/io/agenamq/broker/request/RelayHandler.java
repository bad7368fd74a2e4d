// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.group.ConsumerGroups;
import io.agenamq.broker.group.Member;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.MessageId;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.store.Store;
import io.agenamq.store.log.RecordSlice;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Codes 307 and 309: a tool asks a consumer, through the broker, for its inner state, or to consume one message now. The consumer's answer is
 * passed on byte for byte. Runs on the tool's event loop; reading the message runs on the slow threads.
 */
final class RelayHandler {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private final Store store;
    private final ConsumerGroups consumers;
    private final LiveSettings settings;

    RelayHandler(Store store, ConsumerGroups consumers, LiveSettings settings) {
        this.store = store;
        this.consumers = consumers;
        this.settings = settings;
    }

    void enterInto(HandlerTable table, SlowWork slow) {
        table.register(RequestCode.GET_CONSUMER_RUNNING_INFO, this::runningInfo);
        table.register(
                RequestCode.CONSUME_MESSAGE_DIRECTLY, slow.offLoop((request, frame) -> consumeDirectly(request)));
    }

    private void runningInfo(Request request) {
        Fields fields = request.frame().fields();
        relay(request, out -> copy(fields, out), Body.EMPTY);
    }

    private void consumeDirectly(Request request) {
        Fields fields = request.frame().fields();
        String messageId = fields.requireText("msgId");
        RecordSlice slice = QueryHandler.recordAt(
                store,
                MessageId.isOffsetId(messageId) ? MessageId.parse(messageId).position() : -1);
        if (slice == null) {
            throw new ProtocolException(ResponseCode.SYSTEM_ERROR, "can not find message by the id, " + messageId);
        }
        relay(
                request,
                out -> {
                    copy(fields, out);
                    if (!fields.has("brokerName")) {
                        out.put("brokerName", settings.get(BrokerOptions.BROKER_NAME));
                    }
                },
                new Records(List.of(slice)));
    }

    private void relay(Request request, Header header, Body body) {
        Fields fields = request.frame().fields();
        String group = fields.requireText("consumerGroup");
        String clientId = fields.text("clientId");
        Member member =
                clientId == null ? null : consumers.member(group, clientId).orElse(null);
        if (member == null) {
            body.release();
            throw new ProtocolException(
                    ResponseCode.SYSTEM_ERROR, "The Consumer <" + group + "> <" + clientId + "> not online");
        }
        var unused = member.connection()
                .call(request.frame().code(), header, body, TIMEOUT)
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        request.refuse(
                                ResponseCode.CONSUME_MSG_TIMEOUT,
                                "consumer <" + group + "> <" + clientId + "> did not answer: " + failure.getMessage());
                    } else {
                        passOn(request, answer);
                    }
                });
    }

    /** Names of fields are written as they are: only those that are harmless in a header of the other side are passed on. */
    private static void copy(Fields fields, FieldWriter out) {
        fields.forEach((key, value) -> {
            if (FIELD_NAME.matcher(key).matches()) {
                out.put(key, value);
            }
        });
    }

    private static void passOn(Request request, Frame answer) {
        Fields fields = answer.fields();
        request.reply(answer.code(), answer.remark(), out -> copy(fields, out), Body.of(answer.body()));
    }
}
