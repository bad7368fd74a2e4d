// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.jms.BodyKind;
import io.agenamq.protocol.jms.JmsProperties;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageNotWriteableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Headers and properties of a message; by itself a message without a body.
 *
 * <p>The same object serves on both sides. One made by a session can be written freely. One made by {@link MessageReader} has read-only
 * properties and body until {@link #clearProperties} and {@link #clearBody}; its header fields stay writable (Jakarta Messaging 3.1 §3.10).
 * Sending takes a copy of everything, so that the object may be changed and sent again.
 */
public class AgenaMessage implements Message {

    private final Map<String, @Nullable Object> properties = new LinkedHashMap<>();
    private boolean propertiesReadOnly;
    private boolean bodyReadOnly;

    private @Nullable String messageId;
    private @Nullable String correlationId;
    private byte @Nullable [] correlationBytes;
    private @Nullable String type;
    private @Nullable Destination destination;
    private @Nullable Destination replyTo;
    private int deliveryMode = DEFAULT_DELIVERY_MODE;
    private int priority = DEFAULT_PRIORITY;
    private long timestamp;
    private long expiration;
    private long deliveryTime;
    private boolean redelivered;
    private @Nullable Acknowledgement acknowledgement;

    /** What {@link #acknowledge} does; given by the session that received the message. */
    @FunctionalInterface
    public interface Acknowledgement {
        /** Acknowledges as the session's mode asks. */
        void acknowledge() throws JMSException;
    }

    /** A new message that can be written. */
    public AgenaMessage() {}

    /** Binds {@link #acknowledge} to the session that delivers this message. */
    public final void onAcknowledge(Acknowledgement acknowledgement) {
        this.acknowledgement = acknowledgement;
    }

    /** Turns a message that was just filled into one as received. */
    final void makeReadOnly() {
        propertiesReadOnly = true;
        bodyReadOnly = true;
    }

    /** Properties of the application by name, in the order they were set; live. */
    final Map<String, @Nullable Object> properties() {
        return properties;
    }

    final boolean isBodyReadOnly() {
        return bodyReadOnly;
    }

    final void setBodyReadOnly(boolean bodyReadOnly) {
        this.bodyReadOnly = bodyReadOnly;
    }

    final void requireWritableBody() throws MessageNotWriteableException {
        if (bodyReadOnly) {
            throw new MessageNotWriteableException("the body is read-only; clearBody() makes it writable");
        }
    }

    // ---- header fields

    @Override
    public final @Nullable String getJMSMessageID() {
        return messageId;
    }

    @Override
    public final void setJMSMessageID(@Nullable String id) {
        messageId = id;
    }

    @Override
    public final long getJMSTimestamp() {
        return timestamp;
    }

    @Override
    public final void setJMSTimestamp(long timestamp) {
        this.timestamp = timestamp;
    }

    /** The correlation id as bytes: those that were set, otherwise the text in UTF-8. */
    @Override
    public final byte @Nullable [] getJMSCorrelationIDAsBytes() {
        if (correlationBytes != null) {
            return correlationBytes.clone();
        }
        return correlationId == null ? null : correlationId.getBytes(StandardCharsets.UTF_8);
    }

    /** Sets the correlation id as bytes; as text it is the same bytes read as UTF-8. */
    @Override
    public final void setJMSCorrelationIDAsBytes(byte @Nullable [] correlationId) {
        if (correlationId == null) {
            setJMSCorrelationID(null);
            return;
        }
        correlationBytes = correlationId.clone();
        this.correlationId = new String(correlationId, StandardCharsets.UTF_8);
    }

    /** The bytes of a correlation id that is not just text in UTF-8; null where the text says it all. */
    final byte @Nullable [] binaryCorrelationId() {
        byte[] bytes = correlationBytes;
        String text = correlationId;
        return bytes == null || (text != null && Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8)))
                ? null
                : bytes;
    }

    final void setCorrelation(@Nullable String text, byte @Nullable [] bytes) {
        correlationId = text;
        correlationBytes = bytes;
    }

    @Override
    public final void setJMSCorrelationID(@Nullable String correlationId) {
        this.correlationId = correlationId;
        this.correlationBytes = null;
    }

    @Override
    public final @Nullable String getJMSCorrelationID() {
        return correlationId;
    }

    @Override
    public final @Nullable Destination getJMSReplyTo() {
        return replyTo;
    }

    @Override
    public final void setJMSReplyTo(@Nullable Destination replyTo) {
        this.replyTo = replyTo;
    }

    @Override
    public final @Nullable Destination getJMSDestination() {
        return destination;
    }

    @Override
    public final void setJMSDestination(@Nullable Destination destination) {
        this.destination = destination;
    }

    @Override
    public final int getJMSDeliveryMode() {
        return deliveryMode;
    }

    @Override
    public final void setJMSDeliveryMode(int deliveryMode) {
        this.deliveryMode = deliveryMode;
    }

    @Override
    public final boolean getJMSRedelivered() {
        return redelivered;
    }

    @Override
    public final void setJMSRedelivered(boolean redelivered) {
        this.redelivered = redelivered;
    }

    @Override
    public final @Nullable String getJMSType() {
        return type;
    }

    @Override
    public final void setJMSType(@Nullable String type) {
        this.type = type;
    }

    @Override
    public final long getJMSExpiration() {
        return expiration;
    }

    @Override
    public final void setJMSExpiration(long expiration) {
        this.expiration = expiration;
    }

    @Override
    public final long getJMSDeliveryTime() {
        return deliveryTime;
    }

    @Override
    public final void setJMSDeliveryTime(long deliveryTime) {
        this.deliveryTime = deliveryTime;
    }

    @Override
    public final int getJMSPriority() {
        return priority;
    }

    @Override
    public final void setJMSPriority(int priority) {
        this.priority = priority;
    }

    // ---- properties

    @Override
    public final void clearProperties() {
        properties.clear();
        propertiesReadOnly = false;
    }

    @Override
    public final boolean propertyExists(String name) {
        return properties.containsKey(name);
    }

    @Override
    public final boolean getBooleanProperty(String name) throws JMSException {
        return PropertyValue.toBoolean(properties.get(name));
    }

    @Override
    public final byte getByteProperty(String name) throws JMSException {
        return PropertyValue.toByte(properties.get(name));
    }

    @Override
    public final short getShortProperty(String name) throws JMSException {
        return PropertyValue.toShort(properties.get(name));
    }

    @Override
    public final int getIntProperty(String name) throws JMSException {
        return PropertyValue.toInt(properties.get(name));
    }

    @Override
    public final long getLongProperty(String name) throws JMSException {
        return PropertyValue.toLong(properties.get(name));
    }

    @Override
    public final float getFloatProperty(String name) throws JMSException {
        return PropertyValue.toFloat(properties.get(name));
    }

    @Override
    public final double getDoubleProperty(String name) throws JMSException {
        return PropertyValue.toDouble(properties.get(name));
    }

    @Override
    public final @Nullable String getStringProperty(String name) {
        return PropertyValue.toText(properties.get(name));
    }

    @Override
    public final @Nullable Object getObjectProperty(String name) {
        return properties.get(name);
    }

    @Override
    public final Enumeration<String> getPropertyNames() {
        return Collections.enumeration(List.copyOf(properties.keySet()));
    }

    @Override
    public final void setBooleanProperty(String name, boolean value) throws JMSException {
        setProperty(name, value);
    }

    @Override
    public final void setByteProperty(String name, byte value) throws JMSException {
        setProperty(name, value);
    }

    @Override
    public final void setShortProperty(String name, short value) throws JMSException {
        setProperty(name, value);
    }

    @Override
    public final void setIntProperty(String name, int value) throws JMSException {
        setProperty(name, value);
    }

    @Override
    public final void setLongProperty(String name, long value) throws JMSException {
        setProperty(name, value);
    }

    @Override
    public final void setFloatProperty(String name, float value) throws JMSException {
        setProperty(name, value);
    }

    @Override
    public final void setDoubleProperty(String name, double value) throws JMSException {
        setProperty(name, value);
    }

    @Override
    public final void setStringProperty(String name, @Nullable String value) throws JMSException {
        setProperty(name, value);
    }

    @Override
    public final void setObjectProperty(String name, @Nullable Object value) throws JMSException {
        setProperty(name, value);
    }

    private void setProperty(String name, @Nullable Object value) throws JMSException {
        PropertyName.require(name);
        if (propertiesReadOnly) {
            throw new MessageNotWriteableException(
                    "the properties are read-only; clearProperties() makes them writable");
        }
        PropertyName.requireValue(name, value);
        properties.put(name, value);
    }

    // ---- body

    @Override
    public void acknowledge() throws JMSException {
        if (acknowledgement != null) {
            acknowledgement.acknowledge();
        }
    }

    @Override
    public void clearBody() throws JMSException {
        bodyReadOnly = false;
    }

    /** The body of a message without one is null for every class (Jakarta Messaging 3.1, {@code Message.getBody}). */
    @Override
    public <T> @Nullable T getBody(Class<T> type) throws JMSException {
        return null;
    }

    @Override
    public boolean isBodyAssignableTo(@SuppressWarnings("rawtypes") Class type) throws JMSException {
        return true;
    }

    /** Whether there is a body that {@link #getBody} can give. */
    public boolean hasBody() {
        return false;
    }

    /** What the record says the body is. */
    BodyKind bodyKind() {
        return BodyKind.NONE;
    }

    /** The body as it is stored; a copy or immutable, so that later changes of the message do not reach it. */
    ByteBuffer encodeBody() {
        return ByteBuffer.allocate(0);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + messageId + " " + destination
                + (properties.containsKey(JmsProperties.DELIVERY_COUNT)
                        ? " delivery " + properties.get(JmsProperties.DELIVERY_COUNT)
                        : "")
                + "]";
    }
}
