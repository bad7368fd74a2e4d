// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * Another provider's message, which may be sent like one of ours (Jakarta Messaging 3.1 §3.12): a copy is made through the public interfaces. An
 * object that implements several of them is taken for the first in the order below, one that implements none for a message without a body.
 */
final class ForeignMessage {

    private static final int COPY_BUFFER_BYTES = 8 * 1024;

    private ForeignMessage() {}

    /** The copy: what the client sets of the headers, the properties and the body. */
    static AgenaMessage copy(Message message) throws JMSException {
        AgenaMessage copy = copyBody(message);
        copyCorrelation(message, copy);
        copy.setJMSType(message.getJMSType());
        Destination replyTo = message.getJMSReplyTo();
        copy.setJMSReplyTo(replyTo == null ? null : AgenaDestination.of(replyTo));
        Enumeration<?> names = message.getPropertyNames();
        while (names != null && names.hasMoreElements()) {
            copyProperty(message, String.valueOf(names.nextElement()), copy);
        }
        return copy;
    }

    /** A provider may know the text, the bytes, or both, and refuse to tell the one as the other. */
    private static void copyCorrelation(Message message, AgenaMessage copy) throws JMSException {
        String text = message.getJMSCorrelationID();
        byte[] bytes = null;
        if (text == null) {
            try {
                bytes = message.getJMSCorrelationIDAsBytes();
            } catch (UnsupportedOperationException | JMSException unknown) {
                // Then there is none.
            }
        }
        if (bytes != null) {
            copy.setJMSCorrelationIDAsBytes(bytes);
        } else {
            copy.setJMSCorrelationID(text);
        }
    }

    private static void copyProperty(Message message, String name, AgenaMessage copy) throws JMSException {
        if (name.isEmpty() || !PropertyName.isSent(name)) {
            return;
        }
        Object value = message.getObjectProperty(name);
        if (!PropertyValue.isAllowed(value)) {
            throw new MessageFormatException(
                    "property " + name + " of a " + message.getClass().getName() + " is a " + value.getClass());
        }
        // Not through the setter: its name may be one that an application of ours could not set.
        copy.properties().put(name, value);
    }

    private static AgenaMessage copyBody(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return new AgenaTextMessage(text.getText());
        } else if (message instanceof BytesMessage bytes) {
            return copyBytes(bytes);
        } else if (message instanceof MapMessage map) {
            return copyMap(map);
        } else if (message instanceof StreamMessage stream) {
            return copyStream(stream);
        } else if (message instanceof ObjectMessage object) {
            AgenaObjectMessage copy = new AgenaObjectMessage(TrustedClasses.BASICS);
            copy.setObject(object.getObject());
            return copy;
        }
        return new AgenaMessage();
    }

    private static AgenaMessage copyBytes(BytesMessage message) throws JMSException {
        AgenaBytesMessage copy = new AgenaBytesMessage();
        byte[] buffer = new byte[COPY_BUFFER_BYTES];
        message.reset();
        for (int count = message.readBytes(buffer); count >= 0; count = message.readBytes(buffer)) {
            copy.writeBytes(buffer, 0, count);
            if (count < buffer.length) {
                break;
            }
        }
        message.reset();
        return copy;
    }

    private static AgenaMessage copyMap(MapMessage message) throws JMSException {
        AgenaMapMessage copy = new AgenaMapMessage();
        Enumeration<?> names = message.getMapNames();
        while (names != null && names.hasMoreElements()) {
            String name = String.valueOf(names.nextElement());
            copy.setObject(name, message.getObject(name));
        }
        return copy;
    }

    private static AgenaMessage copyStream(StreamMessage message) throws JMSException {
        AgenaStreamMessage copy = new AgenaStreamMessage();
        message.reset();
        while (true) {
            @Nullable Object value;
            try {
                value = message.readObject();
            } catch (MessageEOFException end) {
                break;
            }
            copy.writeObject(value);
        }
        message.reset();
        return copy;
    }
}
