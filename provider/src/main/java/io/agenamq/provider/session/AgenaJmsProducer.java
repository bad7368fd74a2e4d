// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import static io.agenamq.provider.session.Unchecked.act;

import io.agenamq.provider.destination.AgenaDestination;
import io.agenamq.provider.message.PropertyName;
import io.agenamq.provider.message.PropertyValue;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A producer of the simplified API: options and properties for the messages that it sends, over the context's anonymous producer. */
final class AgenaJmsProducer implements JMSProducer {

    private final AgenaContext context;
    private final Map<String, @Nullable Object> properties = new LinkedHashMap<>();
    private boolean disableMessageId;
    private boolean disableMessageTimestamp;
    private SendOptions options = SendOptions.DEFAULT;
    private @Nullable CompletionListener async;
    private @Nullable String correlationId;
    private byte @Nullable [] correlationBytes;
    private @Nullable String type;
    private @Nullable Destination replyTo;

    AgenaJmsProducer(AgenaContext context) {
        this.context = context;
    }

    @Override
    public JMSProducer send(Destination destination, Message message) {
        act(() -> {
            AgenaProducer producer = context.anonymousProducer();
            AgenaDestination.of(destination);
            if (message == null) {
                throw new MessageFormatException("the message is null");
            }
            apply(message);
            producer.send(destination, message, options, async);
        });
        return this;
    }

    /** Puts what was set here on the message, in place of what it says itself. */
    private void apply(Message message) throws JMSException {
        for (Map.Entry<String, @Nullable Object> property : properties.entrySet()) {
            message.setObjectProperty(property.getKey(), property.getValue());
        }
        if (correlationBytes != null) {
            message.setJMSCorrelationIDAsBytes(correlationBytes);
        } else if (correlationId != null) {
            message.setJMSCorrelationID(correlationId);
        }
        if (type != null) {
            message.setJMSType(type);
        }
        if (replyTo != null) {
            message.setJMSReplyTo(replyTo);
        }
    }

    @Override
    public JMSProducer send(Destination destination, @Nullable String body) {
        return send(destination, context.createTextMessage(body));
    }

    @Override
    public JMSProducer send(Destination destination, @Nullable Map<String, Object> body) {
        MapMessage message = context.createMapMessage();
        if (body != null) {
            act(() -> {
                for (Map.Entry<String, Object> value : body.entrySet()) {
                    message.setObject(value.getKey(), value.getValue());
                }
            });
        }
        return send(destination, message);
    }

    @Override
    public JMSProducer send(Destination destination, byte @Nullable [] body) {
        BytesMessage message = context.createBytesMessage();
        if (body != null) {
            act(() -> message.writeBytes(body));
        }
        return send(destination, message);
    }

    @Override
    public JMSProducer send(Destination destination, @Nullable Serializable body) {
        return send(destination, context.createObjectMessage(body));
    }

    @Override
    public JMSProducer setDisableMessageID(boolean value) {
        disableMessageId = value;
        return this;
    }

    @Override
    public boolean getDisableMessageID() {
        return disableMessageId;
    }

    @Override
    public JMSProducer setDisableMessageTimestamp(boolean value) {
        disableMessageTimestamp = value;
        return this;
    }

    @Override
    public boolean getDisableMessageTimestamp() {
        return disableMessageTimestamp;
    }

    @Override
    public JMSProducer setDeliveryMode(int deliveryMode) {
        options = Unchecked.get(() -> options.withDeliveryMode(deliveryMode));
        return this;
    }

    @Override
    public int getDeliveryMode() {
        return options.deliveryMode();
    }

    @Override
    public JMSProducer setPriority(int priority) {
        options = Unchecked.get(() -> options.withPriority(priority));
        return this;
    }

    @Override
    public int getPriority() {
        return options.priority();
    }

    @Override
    public JMSProducer setTimeToLive(long timeToLive) {
        options = Unchecked.get(() -> options.withTimeToLive(timeToLive));
        return this;
    }

    @Override
    public long getTimeToLive() {
        return options.timeToLive();
    }

    @Override
    public JMSProducer setDeliveryDelay(long deliveryDelay) {
        options = Unchecked.get(() -> options.withDeliveryDelay(deliveryDelay));
        return this;
    }

    @Override
    public long getDeliveryDelay() {
        return options.deliveryDelay();
    }

    @Override
    public JMSProducer setAsync(@Nullable CompletionListener completionListener) {
        async = completionListener;
        return this;
    }

    @Override
    public @Nullable CompletionListener getAsync() {
        return async;
    }

    @Override
    public JMSProducer setProperty(String name, boolean value) {
        return put(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, byte value) {
        return put(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, short value) {
        return put(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, int value) {
        return put(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, long value) {
        return put(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, float value) {
        return put(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, double value) {
        return put(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, @Nullable String value) {
        return put(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, @Nullable Object value) {
        return put(name, value);
    }

    private JMSProducer put(String name, @Nullable Object value) {
        PropertyName.require(name);
        act(() -> PropertyName.requireValue(name, value));
        properties.put(name, value);
        return this;
    }

    @Override
    public JMSProducer clearProperties() {
        properties.clear();
        return this;
    }

    @Override
    public boolean propertyExists(String name) {
        return properties.containsKey(name);
    }

    @Override
    public boolean getBooleanProperty(String name) {
        return Unchecked.get(() -> PropertyValue.toBoolean(properties.get(name)));
    }

    @Override
    public byte getByteProperty(String name) {
        return Unchecked.get(() -> PropertyValue.toByte(properties.get(name)));
    }

    @Override
    public short getShortProperty(String name) {
        return Unchecked.get(() -> PropertyValue.toShort(properties.get(name)));
    }

    @Override
    public int getIntProperty(String name) {
        return Unchecked.get(() -> PropertyValue.toInt(properties.get(name)));
    }

    @Override
    public long getLongProperty(String name) {
        return Unchecked.get(() -> PropertyValue.toLong(properties.get(name)));
    }

    @Override
    public float getFloatProperty(String name) {
        return Unchecked.get(() -> PropertyValue.toFloat(properties.get(name)));
    }

    @Override
    public double getDoubleProperty(String name) {
        return Unchecked.get(() -> PropertyValue.toDouble(properties.get(name)));
    }

    @Override
    public @Nullable String getStringProperty(String name) {
        return PropertyValue.toText(properties.get(name));
    }

    @Override
    public @Nullable Object getObjectProperty(String name) {
        return properties.get(name);
    }

    @Override
    public Set<String> getPropertyNames() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(properties.keySet()));
    }

    @Override
    public JMSProducer setJMSCorrelationIDAsBytes(byte @Nullable [] bytes) {
        correlationBytes = bytes == null ? null : bytes.clone();
        correlationId = null;
        return this;
    }

    @Override
    public byte @Nullable [] getJMSCorrelationIDAsBytes() {
        if (correlationBytes != null) {
            return correlationBytes.clone();
        }
        return correlationId == null ? null : correlationId.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public JMSProducer setJMSCorrelationID(@Nullable String text) {
        correlationId = text;
        correlationBytes = null;
        return this;
    }

    @Override
    public @Nullable String getJMSCorrelationID() {
        return correlationBytes == null ? correlationId : new String(correlationBytes, StandardCharsets.UTF_8);
    }

    @Override
    public JMSProducer setJMSType(@Nullable String type) {
        this.type = type;
        return this;
    }

    @Override
    public @Nullable String getJMSType() {
        return type;
    }

    @Override
    public JMSProducer setJMSReplyTo(@Nullable Destination replyTo) {
        this.replyTo = replyTo;
        return this;
    }

    @Override
    public @Nullable Destination getJMSReplyTo() {
        return replyTo;
    }
}
