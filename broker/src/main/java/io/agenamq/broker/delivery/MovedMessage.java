// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.record.MessageRecord;
import java.nio.ByteBuffer;

/** What a message looks like that an operator moves into another queue: as it was. Only what made it a dead letter is gone, for it is none any more. */
final class MovedMessage {

    private MovedMessage() {}

    /**
     * The copy.
     *
     * @param record the record of the message at index 0; the draft points into it
     */
    static MessageDraft draft(ByteBuffer record, String queue, int queueId) {
        MessageProperties.Builder properties = new MessageProperties.Builder();
        MessageProperties each = new MessageProperties().resetToRecord(record, 0);
        while (each.next()) {
            String name = each.name();
            if (!name.startsWith(JmsProperties.DEAD_PREFIX)) {
                properties.put(name, each.value());
            }
        }
        return new MessageDraft(
                queue,
                queueId,
                MessageRecord.flag(record, 0),
                MessageRecord.sysFlag(record, 0),
                MessageRecord.bornTimestamp(record, 0),
                MessageRecord.bornHost(record, 0),
                0,
                0,
                properties.build(),
                record.slice(MessageRecord.bodyStart(record, 0), MessageRecord.bodyLength(record, 0)));
    }
}
