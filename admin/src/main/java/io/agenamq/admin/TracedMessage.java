// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.JmsTraceFact;
import java.util.List;

/**
 * What is known of one stored copy of a message.
 *
 * @param broker name of the broker that has it
 * @param topic its destination
 * @param queueId its message queue
 * @param offset where it is there
 * @param history what happened, in the order of its times; what the log and the broker's memory both know stands there twice
 * @param now how it is now, for each subscription
 * @param complete whether the log was read to its end
 */
public record TracedMessage(
        String broker,
        String topic,
        int queueId,
        long offset,
        List<JmsTraceFact> history,
        List<JmsTraceFact> now,
        boolean complete) {}
