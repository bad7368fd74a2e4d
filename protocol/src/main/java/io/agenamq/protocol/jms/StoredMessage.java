// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.jms;

import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.PropertyIndex;
import io.agenamq.protocol.record.PropertyNames;
import io.agenamq.protocol.selector.PropertySource;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A stored record read as a Jakarta message: what a selector may ask for, its headers and its properties with their types.
 *
 * <p>A view that is put on one record after the other ({@link #reset}); it makes no map, and strings only of what is asked for. Native
 * messages read as well: their user properties are texts, their tag is the type, their keys are the correlation id. Belongs to one thread
 * and to the lifetime of the record's buffer.
 */
public final class StoredMessage implements PropertySource {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final PropertyIndex properties = new PropertyIndex();
    private ByteBuffer record = NOTHING;
    private @Nullable String types;
    private boolean typesRead;
    private int at;
    private int deliveryCount;

    /** Reads the record at index {@code at} of {@code record} from now on. */
    public StoredMessage reset(ByteBuffer record, int at, int deliveryCount) {
        this.record = record;
        this.at = at;
        this.deliveryCount = deliveryCount;
        properties.reset(record, at);
        typesRead = false;
        return this;
    }

    /** How often the message was delivered, this time included. */
    public int deliveryCount() {
        return deliveryCount;
    }

    /** What a selector sees (Jakarta Messaging 3.1 §3.8.1.1); headers that are no operands, and absent properties, are null. */
    @Override
    public @Nullable Object get(String name) {
        if (!name.startsWith("JMS") || name.startsWith("JMS_")) {
            return value(PropertyEncoder.storedName(name));
        }
        return switch (name) {
            case "JMSMessageID" -> messageId();
            case "JMSTimestamp" -> timestamp();
            case "JMSType" -> type();
            case JmsProperties.CORRELATION_ID -> correlationId();
            case JmsProperties.PRIORITY -> priority();
            case JmsProperties.DELIVERY_MODE ->
                isPersistent() ? JmsProperties.PERSISTENT : JmsProperties.NON_PERSISTENT;
            case "JMSRedelivered" -> deliveryCount > 1;
            case JmsProperties.DELIVERY_COUNT -> deliveryCount;
            case "JMSDestination", JmsProperties.REPLY_TO, JmsProperties.EXPIRATION, JmsProperties.DELIVERY_TIME ->
                null;
            default -> value(PropertyEncoder.storedName(name));
        };
    }

    /** {@code JMSMessageID}; null for a message without a unique key. */
    public @Nullable String messageId() {
        String key = properties.find(PropertyNames.UNIQUE_KEY);
        return key == null ? null : JmsProperties.MESSAGE_ID_PREFIX + key;
    }

    /** {@code JMSTimestamp}. */
    public long timestamp() {
        return MessageRecord.bornTimestamp(record, at);
    }

    /** {@code JMSType}. */
    public @Nullable String type() {
        return text(PropertyNames.TAGS);
    }

    /** {@code JMSCorrelationID}; the keys of a native message. */
    public @Nullable String correlationId() {
        String own = text(JmsProperties.CORRELATION_ID);
        return own != null || bodyKind() != null ? own : text(PropertyNames.KEYS);
    }

    /** The correlation id that was set as bytes; null where it is text. */
    public byte @Nullable [] correlationBytes() {
        String digits = properties.find(JmsProperties.CORRELATION_BYTES);
        try {
            return digits == null ? null : HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException notOurs) {
            return null;
        }
    }

    /** {@code JMSReplyTo} as stored. */
    public @Nullable String replyTo() {
        return text(JmsProperties.REPLY_TO);
    }

    /** {@code JMSPriority}, always 0 to 9. */
    public int priority() {
        return (int) Math.max(0, Math.min(9, number(JmsProperties.PRIORITY, JmsProperties.PRIORITY_DEFAULT)));
    }

    /** {@code JMSExpiration}, 0 for never. */
    public long expiration() {
        return number(JmsProperties.EXPIRATION, 0);
    }

    /** {@code JMSDeliveryTime}; the time of sending where there was no delay. */
    public long deliveryTime() {
        return number(JmsProperties.DELIVERY_TIME, timestamp());
    }

    /** Whether {@code JMSDeliveryMode} is persistent. */
    public boolean isPersistent() {
        return !JmsProperties.NON_PERSISTENT.equals(properties.find(JmsProperties.DELIVERY_MODE));
    }

    /** What the body is; null for a native message, or one of a kind that this version does not know. */
    public @Nullable BodyKind bodyKind() {
        String word = properties.find(JmsProperties.BODY);
        return word == null ? null : BodyKind.of(word);
    }

    /** Visits the application's properties under their own names with their own types, each once. */
    public void forEachProperty(BiConsumer<String, @Nullable Object> visitor) {
        String listed = types();
        int count = properties.count();
        for (int i = 0; i < count; i++) {
            String name = properties.name(i);
            if (JmsProperties.isApplication(name)) {
                visitor.accept(
                        PropertyEncoder.applicationName(name),
                        form(listed, name).value(properties.value(i)));
            }
        }
        if (listed == null) {
            return;
        }
        for (String entry : listed.split(",")) {
            if (entry.length() > 1 && JmsProperties.isApplication(entry.substring(1))) {
                PropertyForm form = PropertyForm.of(entry.charAt(0));
                if (form == PropertyForm.NULL || form == PropertyForm.EMPTY) {
                    visitor.accept(PropertyEncoder.applicationName(entry.substring(1)), form.value(""));
                }
            }
        }
    }

    private @Nullable String text(String storedName) {
        Object value = value(storedName);
        return value == null ? null : value.toString();
    }

    private long number(String storedName, long otherwise) {
        String text = properties.find(storedName);
        if (text == null) {
            return otherwise;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notOurs) {
            return otherwise;
        }
    }

    private @Nullable Object value(String storedName) {
        String text = properties.find(storedName);
        PropertyForm form = form(types(), storedName);
        return text == null && form != PropertyForm.EMPTY ? null : form.value(text == null ? "" : text);
    }

    private @Nullable String types() {
        if (!typesRead) {
            types = properties.find(JmsProperties.TYPES);
            typesRead = true;
        }
        return types;
    }

    /** Finds {@code storedName} in a list of types: it must stand behind a letter, and end at a comma or the end. */
    private static PropertyForm form(@Nullable String types, String storedName) {
        if (types == null) {
            return PropertyForm.PLAIN;
        }
        // The first letter is no name, although a name may be that letter.
        for (int found = types.indexOf(storedName, 1); found > 0; found = types.indexOf(storedName, found + 1)) {
            int end = found + storedName.length();
            if ((found == 1 || types.charAt(found - 2) == ',') && (end == types.length() || types.charAt(end) == ',')) {
                return PropertyForm.of(types.charAt(found - 1));
            }
        }
        return PropertyForm.PLAIN;
    }
}
