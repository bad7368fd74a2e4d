// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.jms.BodyKind;
import io.agenamq.protocol.jms.TypedBody;
import io.agenamq.protocol.record.MalformedRecordException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.StreamMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message whose body is typed values, one behind the other.
 *
 * <p>Either written (from creation or {@link #clearBody}) or read (from receipt or {@link #reset}), never both. A read that fails leaves the position
 * where it was. A {@code byte[]} may be read in pieces; until its end was seen nothing else can be read (Jakarta Messaging 3.1, {@code
 * StreamMessage.readBytes}):
 *
 * <pre>
 *                        readBytes fills its buffer
 *                                ┌───────┐
 *               readBytes        ▼       │
 *   before a value ──────────▶ inside a byte[] ── readBytes finds less than a buffer, or nothing ──▶ before the next value
 * </pre>
 *
 * <p>The body as received is decoded when somebody reads it; bytes that are no such body are a {@link MessageFormatException} then.
 */
public final class AgenaStreamMessage extends AgenaMessage implements StreamMessage {

    private static final int END_OF_BYTES = -1;

    private final List<@Nullable Object> values = new ArrayList<>();

    /** The body as received; null as soon as it is in {@link #values}. */
    private @Nullable ByteBuffer encoded;

    /** Index of the value that the next read is about. */
    private int next;

    /** What {@link #readBytes} has not given out yet of the value at {@link #next}; null before a value. */
    private @Nullable ByteBuffer piece;

    /** A new message to be written. */
    public AgenaStreamMessage() {}

    /** Fills a message that is about to become read-only. */
    void fill(ByteBuffer body) {
        encoded = body;
    }

    private List<@Nullable Object> values() throws MessageFormatException {
        if (encoded != null) {
            try {
                values.addAll(TypedBody.decodeStream(encoded));
            } catch (MalformedRecordException damaged) {
                throw FormatErrors.caused("the body is not that of a stream: " + damaged.getMessage(), damaged);
            }
            encoded = null;
        }
        return values;
    }

    private interface Conversion<T> {
        T of(@Nullable Object value) throws JMSException;
    }

    /** Reads the next value. The position moves only if the conversion succeeds. */
    private <T> T read(Conversion<T> conversion) throws JMSException {
        T converted = conversion.of(whole());
        next++;
        return converted;
    }

    /** The next value, which nobody has begun to read. The position stays. */
    private @Nullable Object whole() throws JMSException {
        Object value = peek();
        if (piece != null) {
            throw new MessageFormatException("readBytes() has not come to the end of the byte[] yet");
        }
        return value;
    }

    private @Nullable Object peek() throws JMSException {
        if (!isBodyReadOnly()) {
            throw new MessageNotReadableException("the body is being written; reset() makes it readable");
        }
        if (next == values().size()) {
            throw new MessageEOFException("the stream has no more values");
        }
        return values().get(next);
    }

    @Override
    public boolean readBoolean() throws JMSException {
        return read(PropertyValue::toBoolean);
    }

    @Override
    public byte readByte() throws JMSException {
        return read(PropertyValue::toByte);
    }

    @Override
    public short readShort() throws JMSException {
        return read(PropertyValue::toShort);
    }

    @Override
    public char readChar() throws JMSException {
        return read(BodyValue::toChar);
    }

    @Override
    public int readInt() throws JMSException {
        return read(PropertyValue::toInt);
    }

    @Override
    public long readLong() throws JMSException {
        return read(PropertyValue::toLong);
    }

    @Override
    public float readFloat() throws JMSException {
        return read(PropertyValue::toFloat);
    }

    @Override
    public double readDouble() throws JMSException {
        return read(PropertyValue::toDouble);
    }

    @Override
    public @Nullable String readString() throws JMSException {
        String text = BodyValue.toText(whole());
        next++;
        return text;
    }

    @Override
    public @Nullable Object readObject() throws JMSException {
        Object value = BodyValue.copy(whole());
        next++;
        return value;
    }

    @Override
    public int readBytes(byte[] value) throws JMSException {
        Objects.requireNonNull(value, "the buffer is null");
        Object current = peek();
        if (current != null && !(current instanceof byte[])) {
            throw new MessageFormatException("a " + current.getClass().getSimpleName() + " cannot be read as byte[]");
        }
        ByteBuffer rest = piece;
        if (current == null || (rest != null && !rest.hasRemaining())) {
            beforeNextValue();
            return END_OF_BYTES;
        }
        if (rest == null) {
            rest = ByteBuffer.wrap((byte[]) current);
            piece = rest;
        }
        int count = Math.min(value.length, rest.remaining());
        rest.get(value, 0, count);
        if (count < value.length) {
            beforeNextValue();
        }
        return count;
    }

    private void beforeNextValue() {
        next++;
        piece = null;
    }

    private void write(@Nullable Object value) throws JMSException {
        requireWritableBody();
        values.add(BodyValue.requireAllowed(value, "a value of a stream"));
    }

    @Override
    public void writeBoolean(boolean value) throws JMSException {
        write(value);
    }

    @Override
    public void writeByte(byte value) throws JMSException {
        write(value);
    }

    @Override
    public void writeShort(short value) throws JMSException {
        write(value);
    }

    @Override
    public void writeChar(char value) throws JMSException {
        write(value);
    }

    @Override
    public void writeInt(int value) throws JMSException {
        write(value);
    }

    @Override
    public void writeLong(long value) throws JMSException {
        write(value);
    }

    @Override
    public void writeFloat(float value) throws JMSException {
        write(value);
    }

    @Override
    public void writeDouble(double value) throws JMSException {
        write(value);
    }

    @Override
    public void writeString(@Nullable String value) throws JMSException {
        write(value);
    }

    @Override
    public void writeBytes(byte @Nullable [] value) throws JMSException {
        write(value);
    }

    @Override
    public void writeBytes(byte[] value, int offset, int length) throws JMSException {
        Objects.checkFromIndexSize(offset, length, value.length);
        write(Arrays.copyOfRange(value, offset, offset + length));
    }

    @Override
    public void writeObject(@Nullable Object value) throws JMSException {
        write(value);
    }

    @Override
    public void reset() throws JMSException {
        setBodyReadOnly(true);
        next = 0;
        piece = null;
    }

    @Override
    public void clearBody() throws JMSException {
        super.clearBody();
        values.clear();
        encoded = null;
        next = 0;
        piece = null;
    }

    /** A stream has no body that can be had as a whole (Jakarta Messaging 3.1, {@code Message.getBody}). */
    @Override
    public <T> @Nullable T getBody(Class<T> type) throws JMSException {
        throw FormatErrors.body("a stream, which is read value by value", type);
    }

    @Override
    public boolean isBodyAssignableTo(@SuppressWarnings("rawtypes") Class type) {
        return false;
    }

    @Override
    public boolean hasBody() {
        return encoded != null ? !TypedBody.isEmpty(encoded) : !values.isEmpty();
    }

    @Override
    BodyKind bodyKind() {
        return BodyKind.STREAM;
    }

    @Override
    ByteBuffer encodeBody() {
        return encoded != null ? encoded.duplicate() : TypedBody.encodeStream(values);
    }
}
