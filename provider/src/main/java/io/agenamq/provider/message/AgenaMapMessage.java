// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.jms.BodyKind;
import io.agenamq.protocol.jms.TypedBody;
import io.agenamq.protocol.record.MalformedRecordException;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.MessageFormatException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message whose body is names with typed values, in the order in which the names were first set. The body as received is decoded when somebody
 * asks for a value; who only forwards it passes it on as it came. Bytes that are no such body are a {@link MessageFormatException} then.
 */
public final class AgenaMapMessage extends AgenaMessage implements MapMessage {

    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    /** The body as received; null as soon as it is in {@link #values}. */
    private @Nullable ByteBuffer encoded;

    /** A new message. */
    public AgenaMapMessage() {}

    /** Fills a message that is about to become read-only. */
    void fill(ByteBuffer body) {
        encoded = body;
    }

    private Map<String, @Nullable Object> values() throws MessageFormatException {
        if (encoded != null) {
            try {
                values.putAll(TypedBody.decodeMap(encoded));
            } catch (MalformedRecordException damaged) {
                throw FormatErrors.caused("the body is not that of a map: " + damaged.getMessage(), damaged);
            }
            encoded = null;
        }
        return values;
    }

    private @Nullable Object value(@Nullable String name) throws MessageFormatException {
        return values().get(name);
    }

    private void set(@Nullable String name, @Nullable Object value) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("a value of a map needs a name");
        }
        requireWritableBody();
        values().put(name, BodyValue.requireAllowed(value, "value " + name + " of a map"));
    }

    @Override
    public boolean getBoolean(String name) throws JMSException {
        return PropertyValue.toBoolean(value(name));
    }

    @Override
    public byte getByte(String name) throws JMSException {
        return PropertyValue.toByte(value(name));
    }

    @Override
    public short getShort(String name) throws JMSException {
        return PropertyValue.toShort(value(name));
    }

    @Override
    public char getChar(String name) throws JMSException {
        return BodyValue.toChar(value(name));
    }

    @Override
    public int getInt(String name) throws JMSException {
        return PropertyValue.toInt(value(name));
    }

    @Override
    public long getLong(String name) throws JMSException {
        return PropertyValue.toLong(value(name));
    }

    @Override
    public float getFloat(String name) throws JMSException {
        return PropertyValue.toFloat(value(name));
    }

    @Override
    public double getDouble(String name) throws JMSException {
        return PropertyValue.toDouble(value(name));
    }

    @Override
    public @Nullable String getString(String name) throws JMSException {
        return BodyValue.toText(value(name));
    }

    @Override
    public byte @Nullable [] getBytes(String name) throws JMSException {
        return BodyValue.toBytes(value(name));
    }

    @Override
    public @Nullable Object getObject(String name) throws JMSException {
        return BodyValue.copy(value(name));
    }

    @Override
    public Enumeration<String> getMapNames() throws JMSException {
        return Collections.enumeration(List.copyOf(values().keySet()));
    }

    @Override
    public boolean itemExists(String name) throws JMSException {
        return values().containsKey(name);
    }

    @Override
    public void setBoolean(String name, boolean value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setByte(String name, byte value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setShort(String name, short value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setChar(String name, char value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setInt(String name, int value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setLong(String name, long value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setFloat(String name, float value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setDouble(String name, double value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setString(String name, @Nullable String value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setBytes(String name, byte @Nullable [] value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setBytes(String name, byte[] value, int offset, int length) throws JMSException {
        Objects.checkFromIndexSize(offset, length, value.length);
        set(name, Arrays.copyOfRange(value, offset, offset + length));
    }

    @Override
    public void setObject(String name, @Nullable Object value) throws JMSException {
        set(name, value);
    }

    @Override
    public void clearBody() throws JMSException {
        super.clearBody();
        values.clear();
        encoded = null;
    }

    /** A copy, which the caller may change. */
    @Override
    public <T> @Nullable T getBody(Class<T> type) throws JMSException {
        if (!isBodyAssignableTo(type)) {
            throw FormatErrors.body("a map", type);
        } else if (!hasBody()) {
            return null;
        }
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(values());
        copy.replaceAll((name, value) -> BodyValue.copy(value));
        return type.cast(copy);
    }

    @Override
    public boolean isBodyAssignableTo(@SuppressWarnings("rawtypes") Class type) {
        return !hasBody() || type == Map.class || type == Object.class;
    }

    @Override
    public boolean hasBody() {
        return encoded != null ? !TypedBody.isEmpty(encoded) : !values.isEmpty();
    }

    @Override
    BodyKind bodyKind() {
        return BodyKind.MAP;
    }

    @Override
    ByteBuffer encodeBody() {
        return encoded != null ? encoded.duplicate() : TypedBody.encodeMap(values);
    }
}
