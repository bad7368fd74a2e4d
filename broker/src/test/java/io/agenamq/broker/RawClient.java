// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.protocol.command.ConsumeFromWhere;
import io.agenamq.protocol.command.ConsumeType;
import io.agenamq.protocol.command.ConsumerData;
import io.agenamq.protocol.command.HeartbeatBody;
import io.agenamq.protocol.command.MessageModel;
import io.agenamq.protocol.command.PullMessageRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.protocol.command.SubscriptionData;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoding;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client without manners: it says exactly what a test wants said, on one connection, and shows exactly what came back. */
final class RawClient implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final RemotingClient client;
    private final Connection connection;
    private final BlockingQueue<String> notifications = new LinkedBlockingQueue<>();
    private final List<String> replies = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Frame> questions = new LinkedBlockingQueue<>();
    private final AtomicInteger questionCount = new AtomicInteger();
    private volatile String runningInfo = "";

    RawClient(HostPort server) {
        this(server, HeaderEncoding.BINARY);
    }

    RawClient(HostPort server, HeaderEncoding encoding) {
        HandlerTable pushes = new HandlerTable();
        pushes.register(
                RequestCode.NOTIFY_CONSUMER_IDS_CHANGED,
                request -> notifications.add(request.frame().fields().requireText("consumerGroup")));
        pushes.register(RequestCode.PUSH_REPLY_MESSAGE_TO_CLIENT, request -> {
            replies.add(StandardCharsets.UTF_8.decode(request.frame().body()).toString());
            request.reply(Header.NONE);
        });
        pushes.register(RequestCode.GET_CONSUMER_RUNNING_INFO, request -> {
            questionCount.incrementAndGet();
            request.reply(Header.NONE, Body.of(runningInfo.getBytes(StandardCharsets.UTF_8)));
        });
        pushes.register(RequestCode.CONSUME_MESSAGE_DIRECTLY, request -> {
            String consumed = "consumed " + String.join(",", bodies(request.frame()));
            request.reply(Header.NONE, Body.of(consumed.getBytes(StandardCharsets.UTF_8)));
        });
        pushes.register(
                RequestCode.CHECK_TRANSACTION_STATE,
                request -> questions.add(request.frame().detach()));
        client = new RemotingClient(
                RemotingClientConfig.defaults().withThreadName("raw-client").withEncoding(encoding), pushes);
        connection = client.connect(server, TIMEOUT).join();
    }

    /** Bodies of the replies that were pushed to this client. */
    List<String> replies() {
        return replies;
    }

    /** Produces for a group from now on, as far as the broker knows. */
    void produceFor(String clientId, String group) {
        call(RequestCode.HEART_BEAT, Header.NONE, new HeartbeatBody(clientId, List.of(group), List.of()).toBody());
    }

    /** The next question for the fate of a half message, or {@code null} if none comes in time. */
    Frame nextQuestion(Duration patience) throws InterruptedException {
        return questions.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What it says when the broker asks for its running info. */
    void answersAboutItself(String json) {
        runningInfo = json;
    }

    /** How often it was asked. */
    int questionCount() {
        return questionCount.get();
    }

    Connection connection() {
        return connection;
    }

    Frame call(int code, Header header) {
        return call(code, header, Body.EMPTY);
    }

    Frame call(int code, Header header, Body body) {
        return begin(code, header, body).join();
    }

    CompletableFuture<Frame> begin(int code, Header header, Body body) {
        return connection.call(code, header, body, TIMEOUT);
    }

    Frame call(int code, String... fields) {
        return call(code, header(fields));
    }

    static Header header(String... fields) {
        return out -> {
            for (int i = 0; i < fields.length; i += 2) {
                out.put(fields[i], fields[i + 1]);
            }
        };
    }

    Frame send(String topic, String body, String... properties) {
        return beginSend(topic, body, properties).join();
    }

    CompletableFuture<Frame> beginSend(String topic, String body, String... properties) {
        return begin(
                RequestCode.SEND_MESSAGE_V2,
                send(topic, 0, false, properties),
                Body.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    static SendMessageRequest send(String topic, int queueId, boolean batch, String... properties) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < properties.length; i += 2) {
            map.put(properties[i], properties[i + 1]);
        }
        return new SendMessageRequest(
                "PG",
                topic,
                "TBW102",
                4,
                queueId,
                0,
                System.currentTimeMillis(),
                0,
                MessageProperties.of(map),
                0,
                false,
                SendMessageRequest.MAX_RECONSUME_TIMES_UNSET,
                batch,
                null);
    }

    /** Pulls with a subscription of its own, waiting for nothing. */
    Frame pull(String topic, int queueId, long offset, String expression) {
        return call(RequestCode.PULL_MESSAGE, pullRequest(topic, queueId, offset, "TAG", expression, 0));
    }

    CompletableFuture<Frame> beginPull(String topic, int queueId, long offset, String expression, Duration patience) {
        return begin(
                RequestCode.PULL_MESSAGE,
                pullRequest(topic, queueId, offset, "TAG", expression, patience.toMillis()),
                Body.EMPTY);
    }

    static PullMessageRequest pullRequest(
            String topic, int queueId, long offset, String type, String expression, long patienceMillis) {
        int flags = PullMessageRequest.FLAG_SUBSCRIPTION | (patienceMillis > 0 ? PullMessageRequest.FLAG_SUSPEND : 0);
        return new PullMessageRequest(
                "CG",
                topic,
                queueId,
                offset,
                32,
                flags,
                0,
                patienceMillis,
                expression,
                0,
                type,
                Integer.MAX_VALUE,
                null);
    }

    /** Joins a group as a push consumer. */
    Frame heartbeat(String clientId, String group, String topic, String expression, long version) {
        SubscriptionData subscription =
                new SubscriptionData(topic, expression, Set.of(), Set.of(), version, "TAG", false);
        ConsumerData consumer = new ConsumerData(
                group,
                ConsumeType.CONSUME_PASSIVELY,
                MessageModel.CLUSTERING,
                ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET,
                List.of(subscription),
                false);
        return call(
                RequestCode.HEART_BEAT,
                Header.NONE,
                new HeartbeatBody(clientId, List.of("PG"), List.of(consumer)).toBody());
    }

    /** The group of the next "members changed", or {@code null} if none comes in time. */
    String nextNotification(Duration patience) throws InterruptedException {
        return notifications.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The bodies of the records in the body of a pull's answer. */
    static List<String> bodies(Frame answer) {
        List<String> bodies = new ArrayList<>();
        ByteBuffer records = answer.body();
        for (int at = records.position(); at < records.limit(); at += MessageRecord.length(records, at)) {
            byte[] body = new byte[MessageRecord.bodyLength(records, at)];
            records.get(MessageRecord.bodyStart(records, at), body);
            bodies.add(new String(body, StandardCharsets.UTF_8));
        }
        return bodies;
    }

    @Override
    public void close() {
        client.close();
    }
}
