// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.jms.PropertyEncoder;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ResourceAllocationException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From message objects to what is stored. Whatever is written is a copy, so that the application may change and send its object again.
 * Belongs to one thread, that of its session.
 */
public final class MessageWriter {

    private final PropertyEncoder encoder = new PropertyEncoder();

    private @Nullable String clientId;

    /** Says whose messages are written from now on. */
    public MessageWriter from(@Nullable String sendersClientId) {
        clientId = sendersClientId;
        return this;
    }

    /**
     * A message as it is stored.
     *
     * @param properties raw properties of the record
     * @param body body of the record
     */
    public record Written(ByteBuffer properties, ByteBuffer body) {}

    /**
     * Writes a message whose send-set headers are complete.
     *
     * @param uniqueKey the message id without its prefix
     * @throws JMSException if the reply destination is not one of ours or another provider's queue or topic, or headers and properties are too
     *     large for a record
     */
    public Written write(AgenaMessage message, String uniqueKey) throws JMSException {
        encoder.clear().header(PropertyNames.UNIQUE_KEY, uniqueKey);
        encoder.header(JmsProperties.CLIENT_ID, clientId);
        encoder.header(PropertyNames.TAGS, message.getJMSType());
        writeCorrelation(message);
        Destination replyTo = message.getJMSReplyTo();
        if (replyTo != null) {
            encoder.header(JmsProperties.REPLY_TO, AgenaDestination.of(replyTo).toUri());
        }
        if (message.getJMSPriority() != JmsProperties.PRIORITY_DEFAULT) {
            encoder.header(JmsProperties.PRIORITY, Integer.toString(message.getJMSPriority()));
        }
        if (message.getJMSExpiration() != 0) {
            encoder.header(JmsProperties.EXPIRATION, Long.toString(message.getJMSExpiration()));
        }
        if (message.getJMSDeliveryMode() == DeliveryMode.NON_PERSISTENT) {
            encoder.header(JmsProperties.DELIVERY_MODE, JmsProperties.NON_PERSISTENT);
        }
        if (message.getJMSDeliveryTime() > message.getJMSTimestamp()) {
            encoder.header(JmsProperties.DELIVERY_TIME, Long.toString(message.getJMSDeliveryTime()));
        }
        encoder.header(JmsProperties.BODY, message.bodyKind().word());
        for (Map.Entry<String, @Nullable Object> property : message.properties().entrySet()) {
            if (PropertyName.isSent(property.getKey())) {
                encoder.property(property.getKey(), property.getValue());
            }
        }
        ByteBuffer properties = encoder.build();
        if (properties.remaining() > MessageRecord.PROPERTIES_BYTES_MAX) {
            throw new ResourceAllocationException(
                    "headers and properties take " + properties.remaining() + " bytes; at most "
                            + MessageRecord.PROPERTIES_BYTES_MAX
                            + " fit into a message: put what is large into the body");
        }
        return new Written(properties, message.encodeBody());
    }

    private void writeCorrelation(AgenaMessage message) {
        String text = message.getJMSCorrelationID();
        encoder.header(JmsProperties.CORRELATION_ID, text);
        if (text != null && !text.isEmpty() && text.chars().allMatch(c -> c > ' ')) {
            encoder.header(PropertyNames.KEYS, text);
        }
        byte[] bytes = message.binaryCorrelationId();
        if (bytes != null) {
            encoder.header(JmsProperties.CORRELATION_BYTES, HexFormat.of().formatHex(bytes));
        }
    }

    /**
     * The message of ours that stands for {@code message}: itself, or a copy of another provider's object made through the public
     * interfaces.
     *
     * @throws MessageFormatException for null, and for values that no message of ours can hold
     */
    public static AgenaMessage ours(@Nullable Message message) throws JMSException {
        if (message == null) {
            throw new MessageFormatException("the message is null");
        } else if (message instanceof AgenaMessage already) {
            return already;
        }
        return ForeignMessage.copy(message);
    }
}
