// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.client.Line;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A {@code TransactionMQProducer} of the official client, whose listener says what the test wants it to. */
public final class TransactionProducer extends Remote {

    /** What a listener says about a local transaction. */
    public enum Outcome {
        COMMIT,
        ROLLBACK,
        UNKNOWN
    }

    TransactionProducer(ClientProcess process, String name) {
        super(process, name);
    }

    /** Sends messages with the bodies {@code prefix + number}, about each of which the listener says this at once. */
    public void send(String topic, String prefix, int count, Outcome outcome) {
        call("send", sending(topic, prefix, count, outcome));
    }

    /** The same; asked about it later, any listener of the group says {@code answer}. */
    public void send(String topic, String prefix, int count, Outcome outcome, Outcome answer) {
        call("send", sending(topic, prefix, count, outcome).withMap("properties", Map.of("answer", answer.name())));
    }

    private static Line sending(String topic, String prefix, int count, Outcome outcome) {
        return request()
                .with("topic", topic)
                .with("body", prefix)
                .with("count", count)
                .with("outcome", outcome);
    }

    /** What the listener says from now on when it is asked about a message that does not know better; "unknown" before. */
    public void answers(Outcome outcome) {
        call("answers", request().with("outcome", outcome));
    }

    /** Bodies of the messages that the listener was asked about, once for each question. */
    public List<String> asked() {
        return call("asked", request()).lines("asked").stream()
                .map(line -> line.text("body"))
                .collect(Collectors.toList());
    }

    /** Tells the broker once more what became of a message that was sent before. */
    public void decide(String body, Outcome outcome) {
        call("decide", request().with("body", body).with("outcome", outcome));
    }
}
