// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.client.Line;

/**
 * What a send returned.
 *
 * @param status {@code SEND_OK}, …; empty for a one-way send, which returns nothing
 * @param id the client's unique id; several, joined by commas, for a batch
 * @param offsetId where the broker stored it, in hexadecimal
 * @param nanos the client process's clock just before the send
 */
public record Sent(String status, String id, String offsetId, String broker, int queue, long offset, long nanos) {

    static Sent of(Line line) {
        return new Sent(
                line.text("status", ""),
                line.text("id", ""),
                line.text("offsetId", ""),
                line.text("broker", ""),
                line.number("queue", -1),
                line.has("offset") ? line.longNumber("offset") : -1,
                line.longNumber("nanos"));
    }
}
