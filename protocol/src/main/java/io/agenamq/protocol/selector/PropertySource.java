// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import org.jspecify.annotations.Nullable;

/**
 * What a selector sees of one message. An implementation may scan raw property bytes: it is asked for one name at a time, at most once for each
 * place where the name stands in the selector, and is not kept after {@link Selector#matches} returns.
 */
@FunctionalInterface
public interface PropertySource {

    /**
     * The value of a property, or null where the message has none.
     *
     * <p>For {@link Typing#STRICT} the value has the type it was set with: {@code String}, {@code Boolean}, {@code Byte}, {@code Short},
     * {@code Integer}, {@code Long}, {@code Float} or {@code Double}. The header fields of Jakarta Messaging 3.1 §3.8.1.1 are asked for by their
     * names; {@code JMSDeliveryMode} is {@code "PERSISTENT"} or {@code "NON_PERSISTENT"}. For {@link Typing#COERCING} every value is a
     * {@code String}, as it stands in the message.
     */
    @Nullable
    Object get(String name);
}
