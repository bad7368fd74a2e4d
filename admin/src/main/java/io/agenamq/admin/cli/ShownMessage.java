// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin.cli;

import io.agenamq.admin.StoredMessage;
import io.agenamq.protocol.record.PropertyNames;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a person is shown of a message, whichever way it came.
 *
 * @param headers what the messaging system knows of it, in the order of the display; numbers and texts
 * @param properties what the application put on it, by name
 * @param body what the sender sent
 * @param packedWith the compression of the body that could not be undone, or null
 */
record ShownMessage(
        Map<String, Object> headers, Map<String, String> properties, ByteBuffer body, @Nullable String packedWith) {

    /** Properties that have a header of their own, or that every message has. */
    private static final Set<String> SHOWN_OTHERWISE = Set.of(
            PropertyNames.UNIQUE_KEY,
            PropertyNames.KEYS,
            PropertyNames.TAGS,
            PropertyNames.CLUSTER,
            PropertyNames.MSG_REGION,
            PropertyNames.TRACE_ON,
            PropertyNames.WAIT);

    static ShownMessage of(StoredMessage message) {
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("topic", message.topic());
        headers.put("queue", message.queueId());
        headers.put("offset", message.offset());
        put(headers, "id", message.uniqueId());
        headers.put("offsetId", message.id());
        put(headers, "keys", message.keys());
        put(headers, "tag", message.tags());
        headers.put("sent", message.born().toString());
        headers.put("sentBy", message.bornHost().getAddress().getHostAddress());
        headers.put("stored", message.stored().toString());
        Map<String, String> properties = new TreeMap<>(message.properties());
        properties.keySet().removeAll(SHOWN_OTHERWISE);
        return new ShownMessage(headers, properties, message.body(), message.packedWith());
    }

    static ShownMessage of(Message message) throws JMSException {
        Map<String, Object> headers = new LinkedHashMap<>();
        put(headers, "destination", String.valueOf(message.getJMSDestination()));
        put(headers, "id", message.getJMSMessageID());
        put(headers, "type", message.getJMSType());
        put(headers, "correlationId", message.getJMSCorrelationID());
        put(
                headers,
                "replyTo",
                message.getJMSReplyTo() == null ? null : message.getJMSReplyTo().toString());
        headers.put("sent", Instant.ofEpochMilli(message.getJMSTimestamp()).toString());
        put(
                headers,
                "expires",
                message.getJMSExpiration() == 0
                        ? null
                        : Instant.ofEpochMilli(message.getJMSExpiration()).toString());
        headers.put("priority", message.getJMSPriority());
        headers.put("mode", message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT ? "persistent" : "non-persistent");
        put(headers, "redelivered", message.getJMSRedelivered() ? "yes" : null);
        Map<String, String> properties = new TreeMap<>();
        for (Enumeration<?> names = message.getPropertyNames(); names.hasMoreElements(); ) {
            String name = String.valueOf(names.nextElement());
            properties.put(name, String.valueOf(message.getObjectProperty(name)));
        }
        return new ShownMessage(headers, properties, bodyOf(message), null);
    }

    private static ByteBuffer bodyOf(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            String body = text.getText();
            return ByteBuffer.wrap((body == null ? "" : body).getBytes(StandardCharsets.UTF_8));
        }
        if (message instanceof BytesMessage bytes) {
            byte[] body = new byte[Math.toIntExact(bytes.getBodyLength())];
            bytes.readBytes(body);
            return ByteBuffer.wrap(body);
        }
        return ByteBuffer.allocate(0);
    }

    private static void put(Map<String, Object> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value);
        }
    }

    /** The body as text, or null if it is packed or not UTF-8. */
    @Nullable
    String text() {
        if (packedWith != null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(body.duplicate()).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
