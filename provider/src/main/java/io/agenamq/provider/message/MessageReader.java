// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.jms.BodyKind;
import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.jms.StoredMessage;
import io.agenamq.protocol.jms.TextBody;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.SysFlag;
import io.agenamq.provider.destination.AgenaDestination;
import jakarta.jms.DeliveryMode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * From stored records to message objects, read-only and positioned at their start. A message of a native producer becomes a
 * {@link jakarta.jms.BytesMessage}, or a {@link jakarta.jms.TextMessage} where the connection factory says so. Belongs to one thread.
 */
public final class MessageReader {

    /** A compressed native body that grows beyond this is handed over as it is: a few kilobytes must not fill the memory. */
    private static final int INFLATED_BYTES_MAX = 64 * 1024 * 1024;

    private static final int INFLATE_BUFFER_BYTES = 16 * 1024;

    // RocketMQ remoting §7.2.
    private static final int COMPRESSION_TYPE_UNIT = 0x100;
    private static final int ZLIB_OF_OLD_CLIENTS = 0;
    private static final int ZLIB = 3;

    private final boolean nativeAsText;
    private final TrustedClasses trusted;
    private final StoredMessage stored = new StoredMessage();

    /**
     * A reader.
     *
     * @param nativeAsText whether native messages are text
     * @param trusted classes of which object messages make objects
     */
    public MessageReader(boolean nativeAsText, TrustedClasses trusted) {
        this.nativeAsText = nativeAsText;
        this.trusted = trusted;
    }

    /** A delivered message: the record at index {@code at}. */
    public AgenaMessage read(ByteBuffer record, int at, int deliveryCount, AgenaDestination destination) {
        stored.reset(record, at, deliveryCount);
        AgenaMessage message = body(record, at);
        stored.forEachProperty(message.properties()::put);
        // Somebody may have stored one; what counts is how often the broker delivered.
        message.properties().remove(JmsProperties.DELIVERY_COUNT);
        if (deliveryCount > 0) {
            message.properties().put(JmsProperties.DELIVERY_COUNT, deliveryCount);
        }
        message.setJMSMessageID(stored.messageId());
        message.setJMSTimestamp(stored.timestamp());
        message.setJMSDestination(destination);
        message.setJMSType(stored.type());
        message.setJMSReplyTo(AgenaDestination.parse(stored.replyTo()));
        message.setJMSPriority(stored.priority());
        message.setJMSExpiration(stored.expiration());
        message.setJMSDeliveryTime(stored.deliveryTime());
        message.setJMSDeliveryMode(stored.isPersistent() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
        message.setJMSRedelivered(deliveryCount > 1);
        message.setCorrelation(stored.correlationId(), stored.correlationBytes());
        message.makeReadOnly();
        return message;
    }

    private AgenaMessage body(ByteBuffer record, int at) {
        byte[] body = new byte[MessageRecord.bodyLength(record, at)];
        record.get(MessageRecord.bodyStart(record, at), body);
        BodyKind kind = stored.bodyKind();
        if (kind == null) {
            byte[] plain = (MessageRecord.sysFlag(record, at) & SysFlag.COMPRESSED) == 0
                    ? body
                    : inflate(body, MessageRecord.sysFlag(record, at));
            return nativeAsText ? new AgenaTextMessage(new String(plain, StandardCharsets.UTF_8)) : bytes(plain);
        }
        return switch (kind) {
            case NONE -> new AgenaMessage();
            case BYTES -> bytes(body);
            case TEXT, UTF16_TEXT, NULL_TEXT -> new AgenaTextMessage(TextBody.decode(kind, body));
            case MAP -> {
                AgenaMapMessage map = new AgenaMapMessage();
                map.fill(ByteBuffer.wrap(body));
                yield map;
            }
            case STREAM -> {
                AgenaStreamMessage stream = new AgenaStreamMessage();
                stream.fill(ByteBuffer.wrap(body));
                yield stream;
            }
            case OBJECT -> {
                AgenaObjectMessage object = new AgenaObjectMessage(trusted);
                object.fill(body);
                yield object;
            }
        };
    }

    private static AgenaBytesMessage bytes(byte[] body) {
        AgenaBytesMessage message = new AgenaBytesMessage();
        message.fill(ByteBuffer.wrap(body));
        return message;
    }

    /** Undoes the compression of RocketMQ clients; a body that is not zlib, or is damaged, or too large, stays as it is. */
    private static byte[] inflate(byte[] body, int sysFlag) {
        int type = (sysFlag & SysFlag.COMPRESSION_TYPE_MASK) / COMPRESSION_TYPE_UNIT;
        if (type != ZLIB_OF_OLD_CLIENTS && type != ZLIB) {
            return body;
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(body);
            ByteArrayOutputStream out = new ByteArrayOutputStream(body.length * 4);
            byte[] buffer = new byte[INFLATE_BUFFER_BYTES];
            while (!inflater.finished()) {
                int count = inflater.inflate(buffer);
                if ((count == 0 && !inflater.finished()) || out.size() + count > INFLATED_BYTES_MAX) {
                    return body;
                }
                out.write(buffer, 0, count);
            }
            return out.toByteArray();
        } catch (DataFormatException damaged) {
            return body;
        } finally {
            inflater.end();
        }
    }
}
