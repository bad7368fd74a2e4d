// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.jms.BodyKind;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message whose body is bytes, written and read like {@link DataOutputStream} and {@link DataInputStream} do.
 *
 * <p>Either written (from creation or {@link #clearBody}) or read (from receipt or {@link #reset}), never both. A read that does not find
 * enough bytes leaves the position where it was.
 */
public final class AgenaBytesMessage extends AgenaMessage implements BytesMessage {

    private static final int UTF_LENGTH_BYTES = 2;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream(64);
    private DataOutputStream out = new DataOutputStream(written);
    private ByteBuffer readable = ByteBuffer.allocate(0); // the whole body; its position is the reader's

    /** A new message to be written. */
    public AgenaBytesMessage() {}

    /** Fills a message that is about to become read-only. */
    void fill(ByteBuffer body) {
        readable = body.slice();
        setBodyReadOnly(true);
    }

    @Override
    public long getBodyLength() throws JMSException {
        return readable().capacity();
    }

    @Override
    public void reset() {
        if (!isBodyReadOnly()) {
            readable = ByteBuffer.wrap(written.toByteArray());
            written.reset();
            setBodyReadOnly(true);
        }
        readable.rewind();
    }

    @Override
    public void clearBody() throws JMSException {
        super.clearBody();
        written.reset();
        out = new DataOutputStream(written);
        readable = ByteBuffer.allocate(0);
    }

    @Override
    public <T> @Nullable T getBody(Class<T> type) throws JMSException {
        if (!isBodyAssignableTo(type)) {
            throw FormatErrors.body("bytes", type);
        }
        reset();
        if (readable.capacity() == 0) {
            return null;
        }
        byte[] body = new byte[readable.capacity()];
        readable.get(0, body);
        return type.cast(body);
    }

    @Override
    public boolean isBodyAssignableTo(@SuppressWarnings("rawtypes") Class type) {
        return !hasBody() || type == byte[].class || type == Object.class;
    }

    @Override
    public boolean hasBody() {
        return isBodyReadOnly() ? readable.capacity() > 0 : written.size() > 0;
    }

    @Override
    BodyKind bodyKind() {
        return BodyKind.BYTES;
    }

    @Override
    ByteBuffer encodeBody() {
        return isBodyReadOnly() ? readable.duplicate().rewind() : ByteBuffer.wrap(written.toByteArray());
    }

    private ByteBuffer readable() throws MessageNotReadableException {
        if (!isBodyReadOnly()) {
            throw new MessageNotReadableException("the body is being written; reset() makes it readable");
        }
        return readable;
    }

    private ByteBuffer readable(int bytes) throws JMSException {
        ByteBuffer body = readable();
        if (body.remaining() < bytes) {
            throw new MessageEOFException("the body ends after " + body.remaining() + " more bytes");
        }
        return body;
    }

    @Override
    public boolean readBoolean() throws JMSException {
        return readable(Byte.BYTES).get() != 0;
    }

    @Override
    public byte readByte() throws JMSException {
        return readable(Byte.BYTES).get();
    }

    @Override
    public int readUnsignedByte() throws JMSException {
        return readable(Byte.BYTES).get() & 0xFF;
    }

    @Override
    public short readShort() throws JMSException {
        return readable(Short.BYTES).getShort();
    }

    @Override
    public int readUnsignedShort() throws JMSException {
        return readable(Short.BYTES).getShort() & 0xFFFF;
    }

    @Override
    public char readChar() throws JMSException {
        return readable(Character.BYTES).getChar();
    }

    @Override
    public int readInt() throws JMSException {
        return readable(Integer.BYTES).getInt();
    }

    @Override
    public long readLong() throws JMSException {
        return readable(Long.BYTES).getLong();
    }

    @Override
    public float readFloat() throws JMSException {
        return readable(Float.BYTES).getFloat();
    }

    @Override
    public double readDouble() throws JMSException {
        return readable(Double.BYTES).getDouble();
    }

    @Override
    public String readUTF() throws JMSException {
        ByteBuffer body = readable(UTF_LENGTH_BYTES);
        int length = body.getShort(body.position()) & 0xFFFF;
        readable(UTF_LENGTH_BYTES + length);
        byte[] encoded = new byte[UTF_LENGTH_BYTES + length];
        body.get(body.position(), encoded);
        try {
            String text = new DataInputStream(new ByteArrayInputStream(encoded)).readUTF();
            body.position(body.position() + encoded.length);
            return text;
        } catch (EOFException | UTFDataFormatException malformed) {
            throw FormatErrors.caused("no modified UTF-8 at this place", malformed);
        } catch (IOException impossible) {
            throw new AssertionError("reading from an array", impossible);
        }
    }

    @Override
    public int readBytes(byte[] value) throws JMSException {
        return readBytes(value, value.length);
    }

    @Override
    public int readBytes(byte[] value, int length) throws JMSException {
        ByteBuffer body = readable();
        if (length < 0 || length > value.length) {
            throw new IndexOutOfBoundsException("length " + length + " for an array of " + value.length);
        }
        if (!body.hasRemaining()) {
            return -1;
        }
        int count = Math.min(length, body.remaining());
        body.get(value, 0, count);
        return count;
    }

    @Override
    public void writeBoolean(boolean value) throws JMSException {
        write(target -> target.writeBoolean(value));
    }

    @Override
    public void writeByte(byte value) throws JMSException {
        write(target -> target.writeByte(value));
    }

    @Override
    public void writeShort(short value) throws JMSException {
        write(target -> target.writeShort(value));
    }

    @Override
    public void writeChar(char value) throws JMSException {
        write(target -> target.writeChar(value));
    }

    @Override
    public void writeInt(int value) throws JMSException {
        write(target -> target.writeInt(value));
    }

    @Override
    public void writeLong(long value) throws JMSException {
        write(target -> target.writeLong(value));
    }

    @Override
    public void writeFloat(float value) throws JMSException {
        write(target -> target.writeInt(Float.floatToRawIntBits(value)));
    }

    @Override
    public void writeDouble(double value) throws JMSException {
        write(target -> target.writeLong(Double.doubleToRawLongBits(value)));
    }

    @Override
    public void writeUTF(String value) throws JMSException {
        write(target -> target.writeUTF(value));
    }

    @Override
    public void writeBytes(byte[] value) throws JMSException {
        write(target -> target.write(value));
    }

    @Override
    public void writeBytes(byte[] value, int offset, int length) throws JMSException {
        write(target -> target.write(value, offset, length));
    }

    @Override
    public void writeObject(Object value) throws JMSException {
        requireWritableBody();
        if (value == null) {
            throw new NullPointerException("null cannot be written to a BytesMessage");
        } else if (value instanceof byte[] bytes) {
            writeBytes(bytes);
        } else if (value instanceof String text) {
            writeUTF(text);
        } else if (value instanceof Character c) {
            writeChar(c);
        } else if (value instanceof Boolean bool) {
            writeBoolean(bool);
        } else if (value instanceof Byte number) {
            writeByte(number);
        } else if (value instanceof Short number) {
            writeShort(number);
        } else if (value instanceof Integer number) {
            writeInt(number);
        } else if (value instanceof Long number) {
            writeLong(number);
        } else if (value instanceof Float number) {
            writeFloat(number);
        } else if (value instanceof Double number) {
            writeDouble(number);
        } else {
            throw new MessageFormatException(
                    "a " + value.getClass().getName() + " cannot be written to a BytesMessage");
        }
    }

    private interface Writing {
        void to(DataOutputStream target) throws IOException;
    }

    private void write(Writing writing) throws JMSException {
        requireWritableBody();
        try {
            writing.to(out);
        } catch (UTFDataFormatException tooLong) {
            throw FormatErrors.caused("writeUTF takes at most 65,535 bytes of modified UTF-8", tooLong);
        } catch (IOException impossible) {
            throw new AssertionError("writing to an array", impossible);
        }
    }
}
