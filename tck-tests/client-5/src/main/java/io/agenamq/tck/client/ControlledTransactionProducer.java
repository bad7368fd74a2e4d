// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.hook.SendMessageContext;
import org.apache.rocketmq.client.hook.SendMessageHook;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * A {@code TransactionMQProducer} under remote control. What its listener says at once is said with the send; what it says when it is asked is in the
 * message's property {@value #ANSWER}, or else what the test has told it last, at first "unknown".
 */
final class ControlledTransactionProducer implements Actor {

    private static final String ANSWER = "answer";

    private final TransactionMQProducer producer;
    private final Map<String, Sent> sent = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile LocalTransactionState answer = LocalTransactionState.UNKNOW;

    private record Sent(Message message, SendResult result) {}

    private ControlledTransactionProducer(TransactionMQProducer producer) {
        this.producer = producer;
    }

    static ControlledTransactionProducer start(Line arguments) throws MQClientException {
        var producer = new TransactionMQProducer(arguments.text("group"));
        Dialect.configure(producer, arguments);
        producer.setSendMsgTimeout(arguments.number("timeoutMillis", 10_000));
        var controlled = new ControlledTransactionProducer(producer);
        producer.setTransactionListener(controlled.listener());
        controlled.watchResults();
        producer.start();
        return controlled;
    }

    /** What the client gives its application does not have the offset id, which another decision needs. */
    @SuppressWarnings("deprecation")
    private void watchResults() {
        producer.getDefaultMQProducerImpl().registerSendMessageHook(new SendMessageHook() {
            @Override
            public String hookName() {
                return "results";
            }

            @Override
            public void sendMessageBefore(SendMessageContext context) {}

            @Override
            public void sendMessageAfter(SendMessageContext context) {
                if (context.getSendResult() != null) {
                    sent.put(body(context.getMessage()), new Sent(context.getMessage(), context.getSendResult()));
                }
            }
        });
    }

    private TransactionListener listener() {
        return new TransactionListener() {
            @Override
            public LocalTransactionState executeLocalTransaction(Message message, Object outcome) {
                return (LocalTransactionState) outcome;
            }

            @Override
            public LocalTransactionState checkLocalTransaction(MessageExt message) {
                asked.add(body(message));
                String own = message.getProperty(ANSWER);
                return own == null ? answer : state(own);
            }
        };
    }

    private static String body(Message message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }

    /** RocketMQ spells "unknown" without its last letter. */
    private static LocalTransactionState state(String outcome) {
        return switch (outcome) {
            case "COMMIT" -> LocalTransactionState.COMMIT_MESSAGE;
            case "ROLLBACK" -> LocalTransactionState.ROLLBACK_MESSAGE;
            case "UNKNOWN" -> LocalTransactionState.UNKNOW;
            default -> throw new IllegalArgumentException("no outcome '" + outcome + "'");
        };
    }

    @Override
    public Line perform(String verb, Line request) throws Exception {
        switch (verb) {
            case "send" -> {
                int from = request.number("from", 0);
                for (int i = from; i < from + request.number("count", 1); i++) {
                    Message message = Messages.described(request, i);
                    producer.sendMessageInTransaction(message, state(request.text("outcome")));
                }
            }
            case "answers" -> answer = state(request.text("outcome"));
            case "asked" -> {
                return Line.of("answer")
                        .withLines(
                                "asked",
                                asked.stream()
                                        .map(body -> Line.of("asked").with("body", body))
                                        .toList());
            }
            case "decide" -> {
                Sent one = sent.get(request.text("body"));
                if (one == null) {
                    throw new NoSuchElementException("nothing sent with body " + request.text("body"));
                }
                decide(one, state(request.text("outcome")));
            }
            default -> {
                return AdminVerbs.perform(producer, verb, request);
            }
        }
        return Line.of("answer");
    }

    /** What the client does by itself after a send; there is no other way to do it once more. */
    @SuppressWarnings("deprecation")
    private void decide(Sent one, LocalTransactionState outcome) throws Exception {
        producer.getDefaultMQProducerImpl().endTransaction(one.message(), one.result(), outcome, null);
    }

    @Override
    public void close() {
        producer.shutdown();
    }
}
