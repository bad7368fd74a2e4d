// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.LiveSettings;
import io.agenamq.broker.group.MessageFilter;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SubscriptionData;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.record.MessageProperties;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.SelectorException;
import io.agenamq.protocol.selector.TagSet;
import io.agenamq.protocol.selector.Typing;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a consumer asks for (a tag expression or SQL92) into a {@link MessageFilter}, once per text: pull consumers send their
 * expression with every pull. Safe for all threads.
 */
final class Filters {

    /** Compiled filters that are kept; when there are more different ones the memory is started afresh. */
    private static final int KEPT_MAX = 4096;

    /** A longer expression is compiled each time: the memory is for those that people write. */
    private static final int KEPT_LENGTH_MAX = 1024;

    private final LiveSettings settings;
    private final ConcurrentHashMap<Key, MessageFilter> kept = new ConcurrentHashMap<>();

    Filters(LiveSettings settings) {
        this.settings = settings;
    }

    /** The filter of a subscription in a heartbeat. */
    MessageFilter of(SubscriptionData subscription) {
        return subscription.classFilterMode()
                ? MessageFilter.ALL
                : of(subscription.expressionType(), subscription.subString());
    }

    /**
     * The filter of an expression.
     *
     * @param type {@code TAG} or {@code SQL92}; {@code null} is TAG
     * @param expression {@code null}, blank and {@code *} let everything through
     * @throws ProtocolException 23 if it cannot be understood, 1 if it is SQL92 and that is switched off
     */
    MessageFilter of(@Nullable String type, @Nullable String expression) {
        boolean isTag = type == null || type.isEmpty() || type.equals(SubscriptionData.TAG);
        if (!isTag && !SubscriptionData.SQL92.equals(type)) {
            throw new ProtocolException(ResponseCode.SUBSCRIPTION_PARSE_FAILED, "expression type must be TAG or SQL92");
        }
        if (!isTag && !settings.get(BrokerOptions.PROPERTY_FILTER)) {
            throw new ProtocolException(
                    ResponseCode.SYSTEM_ERROR,
                    "The broker does not support consumer to filter message by SQL92; set enablePropertyFilter=true");
        }
        if (expression == null || expression.equals(SubscriptionData.ALL)) {
            return MessageFilter.ALL;
        }
        Key key = new Key(isTag, expression);
        MessageFilter known = kept.get(key);
        if (known != null) {
            return known;
        }
        MessageFilter compiled = compile(isTag, expression);
        if (expression.length() > KEPT_LENGTH_MAX) {
            return compiled;
        }
        if (kept.size() >= KEPT_MAX) {
            kept.clear();
        }
        kept.put(key, compiled);
        return compiled;
    }

    private static MessageFilter compile(boolean isTag, String expression) {
        try {
            if (isTag) {
                TagSet tags = TagSet.parse(expression);
                return tags.isAll() ? MessageFilter.ALL : tags::mayContain;
            }
            Selector selector = Selector.parse(expression, Typing.COERCING);
            return selector.matchesAll() ? MessageFilter.ALL : new SqlFilter(selector, selector.tags());
        } catch (SelectorException malformed) {
            throw new ProtocolException(
                    ResponseCode.SUBSCRIPTION_PARSE_FAILED,
                    "parse the consumer's subscription failed: " + malformed.getMessage());
        }
    }

    private record Key(boolean isTag, String expression) {}

    /** SQL92: sees all properties of a message as strings. What it says about TAGS is asked of the entry first. */
    private record SqlFilter(Selector selector, TagSet tags) implements MessageFilter {

        @Override
        public boolean mayMatch(int tagHash) {
            return tags.mayContain(tagHash);
        }

        @Override
        public boolean needsRecord() {
            return true;
        }

        @Override
        public boolean matches(ByteBuffer record) {
            int at = record.position();
            return selector.matches(name -> MessageProperties.findInRecord(record, at, name));
        }
    }
}
