// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.client.Line;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A message as the official client handed it to the application.
 *
 * @param body the text, or empty if the body is long; length and CRC-32 are always there
 * @param storeSize length of the record in the broker's log, in bytes
 * @param bornMillis when the producer made it
 * @param storedMillis when the broker stored it
 * @param batchCount how many messages the listener got at once; 1 where nothing is pushed
 * @param nanos the client process's clock when it was received
 * @param thread the listener's thread; empty where nothing is pushed
 */
public record Received(
        String topic,
        String broker,
        int queue,
        long offset,
        String id,
        String body,
        int bodyLength,
        long bodyCrc,
        String tags,
        String keys,
        int storeSize,
        int attempts,
        long bornMillis,
        long storedMillis,
        Map<String, String> properties,
        int batchCount,
        long nanos,
        String thread) {

    static Received of(Line message, Line around) {
        return new Received(
                message.text("topic"),
                message.text("broker", ""),
                message.number("queue"),
                message.longNumber("offset"),
                message.text("id"),
                message.text("body", ""),
                message.number("bodyLength"),
                message.longNumber("bodyCrc"),
                message.text("tags", ""),
                message.text("keys", ""),
                message.number("storeSize"),
                message.number("attempts"),
                message.longNumber("born"),
                message.longNumber("stored"),
                message.map("properties"),
                around.number("batch", 1),
                around.has("nanos") ? around.longNumber("nanos") : 0,
                around.text("thread", ""));
    }

    static List<Received> list(Line answer) {
        return answer.lines("messages").stream().map(line -> of(line, answer)).collect(Collectors.toList());
    }

    public QueueName queueName() {
        return new QueueName(topic, broker, queue);
    }
}
