// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import io.agenamq.protocol.jms.JmsProperties;
import io.agenamq.protocol.selector.Selector;
import jakarta.jms.MessageFormatException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of property names (Jakarta Messaging 3.1 §3.5.1, §3.5.9).
 *
 * <p>They bind what an application sets. What arrives keeps its names, whatever they are: native producers and other providers know dots and hyphens, and a
 * message that is passed on must not change.
 */
public final class PropertyName {

    private static final String RESERVED_PREFIX = "JMS";
    private static final String DEFINED_PREFIX = "JMSX";
    private static final String VENDOR_PREFIX = "JMS_";

    /** What a provider says of one delivery; it does not go on with the message. */
    private static final Set<String> OF_A_DELIVERY =
            Set.of(JmsProperties.DELIVERY_COUNT, "JMSXRcvTimestamp", "JMSXConsumerTXID", "JMSXState");

    private PropertyName() {}

    /**
     * Checks the name of a property that an application sets.
     *
     * @throws IllegalArgumentException for null and "", for a name that no selector could ask for, and for those that are reserved for headers
     */
    public static void require(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("a property needs a name");
        } else if (!Selector.isIdentifier(name)) {
            throw new IllegalArgumentException("'" + name + "' cannot name a property: a name is an identifier as in"
                    + " Java, and none of the words NULL, TRUE, FALSE, NOT, AND, OR, BETWEEN, LIKE, IN, IS, ESCAPE");
        } else if (name.startsWith(RESERVED_PREFIX)
                && !name.startsWith(DEFINED_PREFIX)
                && !name.startsWith(VENDOR_PREFIX)) {
            throw new IllegalArgumentException("'" + name
                    + "' cannot name a property: what begins with JMS is a header field, and has a setter of its own");
        }
    }

    /**
     * Checks a value against what the specification says of the property.
     *
     * @throws MessageFormatException for a class that no property, or not this one, can have
     */
    public static void requireValue(String name, @Nullable Object value) throws MessageFormatException {
        if (!PropertyValue.isAllowed(value)) {
            throw new MessageFormatException("property " + name + " cannot be a "
                    + (value == null ? null : value.getClass().getName())
                    + ": only strings and boxed numbers and booleans can be");
        } else if (value == null) {
            return;
        } else if (name.equals(JmsProperties.GROUP_ID) && !(value instanceof String)) {
            throw new MessageFormatException(name + " is a String, not a " + value.getClass());
        } else if (name.equals(JmsProperties.GROUP_SEQUENCE) && !(value instanceof Integer)) {
            throw new MessageFormatException(name + " is an int, not a " + value.getClass());
        }
    }

    /** Whether the property goes with the message when it is sent. */
    static boolean isSent(String name) {
        return !OF_A_DELIVERY.contains(name);
    }
}
