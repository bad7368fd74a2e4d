// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.jms.PropertyEncoder;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.nio.ByteBuffer;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From message objects to what is stored. Whatever is written is a copy, so that the application may change and send its object again.
 * Belongs to one thread, that of its session.
 */
public final class MessageWriter {

    private static final int COPY_BUFFER_BYTES = 8 * 1024;

    private final PropertyEncoder encoder = new PropertyEncoder();

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
     * @throws JMSException if the reply destination is not one of ours or another provider's queue or topic
     */
    public Written write(AgenaMessage message, String uniqueKey) throws JMSException {
        encoder.clear().header(PropertyNames.UNIQUE_KEY, uniqueKey);
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
        encoder.header(JmsProperties.BODY, message.bodyKind().word());
        for (Map.Entry<String, @Nullable Object> property : message.properties().entrySet()) {
            if (!property.getKey().equals(JmsProperties.DELIVERY_COUNT)) {
                encoder.property(property.getKey(), property.getValue());
            }
        }
        return new Written(encoder.build(), message.encodeBody());
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
     * @throws MessageFormatException for null, and for kinds of messages that cannot be sent
     */
    public static AgenaMessage ours(@Nullable Message message) throws JMSException {
        if (message == null) {
            throw new MessageFormatException("the message is null");
        } else if (message instanceof AgenaMessage already) {
            return already;
        }
        AgenaMessage copy = copyBody(message);
        copy.setJMSCorrelationID(message.getJMSCorrelationID());
        copy.setJMSType(message.getJMSType());
        Destination replyTo = message.getJMSReplyTo();
        copy.setJMSReplyTo(replyTo == null ? null : AgenaDestination.of(replyTo));
        Enumeration<?> names = message.getPropertyNames();
        while (names != null && names.hasMoreElements()) {
            String name = String.valueOf(names.nextElement());
            if (!name.equals(JmsProperties.DELIVERY_COUNT)) {
                copy.setObjectProperty(name, message.getObjectProperty(name));
            }
        }
        return copy;
    }

    private static AgenaMessage copyBody(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return new AgenaTextMessage(text.getText());
        } else if (message instanceof BytesMessage bytes) {
            AgenaBytesMessage copy = new AgenaBytesMessage();
            byte[] buffer = new byte[COPY_BUFFER_BYTES];
            bytes.reset();
            for (int count = bytes.readBytes(buffer); count >= 0; count = bytes.readBytes(buffer)) {
                copy.writeBytes(buffer, 0, count);
                if (count < buffer.length) {
                    break;
                }
            }
            return copy;
        } else if (message instanceof MapMessage
                || message instanceof StreamMessage
                || message instanceof ObjectMessage) {
            throw new MessageFormatException("this version sends text, bytes and plain messages, not "
                    + message.getClass().getName());
        }
        return new AgenaMessage();
    }
}
