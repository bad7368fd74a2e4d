// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.jms.BodyKind;
import io.agenamq.protocol.jms.TextBody;
import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A message whose body is text of any length, or null, which is not the empty text. */
public final class AgenaTextMessage extends AgenaMessage implements TextMessage {

    private @Nullable String text;

    /** How the text is stored; null until somebody asks, because finding out reads all of it. */
    private @Nullable BodyKind kind;

    /** A new message. */
    public AgenaTextMessage(@Nullable String text) {
        this.text = text;
    }

    @Override
    public void setText(@Nullable String text) throws JMSException {
        requireWritableBody();
        this.text = text;
        kind = null;
    }

    @Override
    public @Nullable String getText() {
        return text;
    }

    @Override
    public void clearBody() throws JMSException {
        super.clearBody();
        text = null;
        kind = null;
    }

    @Override
    public <T> @Nullable T getBody(Class<T> type) throws JMSException {
        if (!isBodyAssignableTo(type)) {
            throw FormatErrors.body("text", type);
        }
        return type.cast(text);
    }

    @Override
    public boolean isBodyAssignableTo(@SuppressWarnings("rawtypes") Class type) {
        return text == null || ((Class<?>) type).isAssignableFrom(String.class);
    }

    @Override
    public boolean hasBody() {
        return text != null;
    }

    @Override
    BodyKind bodyKind() {
        BodyKind known = kind;
        if (known == null) {
            known = TextBody.kindOf(text);
            kind = known;
        }
        return known;
    }

    @Override
    ByteBuffer encodeBody() {
        return TextBody.encode(bodyKind(), text);
    }
}
