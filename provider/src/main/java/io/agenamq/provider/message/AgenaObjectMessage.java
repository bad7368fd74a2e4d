// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.jms.BodyKind;
import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ObjectMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message whose body is an object, or null. It is serialised when it is set, so that what the application does to it later does not show, and made
 * anew whenever it is asked for; if it was received, of {@linkplain TrustedClasses trusted classes} only.
 */
public final class AgenaObjectMessage extends AgenaMessage implements ObjectMessage {

    private final TrustedClasses trusted;
    private byte @Nullable [] serialized;

    /** Whether the application has set it itself; then nobody else has chosen the bytes. */
    private boolean own;

    /**
     * A new message without an object.
     *
     * @param trusted classes of which {@link #getObject} makes objects that were received
     */
    public AgenaObjectMessage(TrustedClasses trusted) {
        this.trusted = trusted;
    }

    /** Fills a message that is about to become read-only. */
    void fill(byte[] body) {
        serialized = body.length == 0 ? null : body;
    }

    @Override
    public void setObject(@Nullable Serializable object) throws JMSException {
        requireWritableBody();
        serialized = object == null ? null : serialize(object);
        own = true;
    }

    private static byte[] serialize(Serializable object) throws MessageFormatException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        } catch (IOException | RuntimeException | StackOverflowError failed) {
            // Code of the object's classes runs here and may throw what it likes.
            throw FormatErrors.caused(
                    "the " + object.getClass().getName() + " cannot be serialised: " + failed, failed);
        }
        return bytes.toByteArray();
    }

    @Override
    public @Nullable Serializable getObject() throws JMSException {
        if (serialized == null) {
            return null;
        }
        return own ? TrustedClasses.readOwn(serialized) : trusted.read(serialized);
    }

    @Override
    public void clearBody() throws JMSException {
        super.clearBody();
        serialized = null;
    }

    @Override
    public <T> @Nullable T getBody(Class<T> type) throws JMSException {
        Serializable object = getObject();
        if (object == null) {
            return null;
        } else if (!type.isInstance(object)) {
            throw FormatErrors.body("a " + object.getClass().getName(), type);
        }
        return type.cast(object);
    }

    /** False also for an object that cannot be read. */
    @Override
    public boolean isBodyAssignableTo(@SuppressWarnings("rawtypes") Class type) {
        try {
            Serializable object = getObject();
            return object == null || type.isInstance(object);
        } catch (JMSException unreadable) {
            return false;
        }
    }

    @Override
    public boolean hasBody() {
        return serialized != null;
    }

    @Override
    BodyKind bodyKind() {
        return BodyKind.OBJECT;
    }

    @Override
    ByteBuffer encodeBody() {
        return serialized == null ? super.encodeBody() : ByteBuffer.wrap(serialized);
    }
}
