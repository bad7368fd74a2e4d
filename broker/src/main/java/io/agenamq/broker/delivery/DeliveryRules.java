// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the attributes of a destination say about its delivery. They are asked at each turn, so that an operator's change counts at once.
 *
 * @param redelivery what becomes of messages that come back
 * @param paused nothing is handed out; consumers stay, and sends go on
 * @param exclusive one consumer gets messages: the one that is attached longest
 */
record DeliveryRules(RedeliveryPolicy redelivery, boolean paused, boolean exclusive) {

    /** Name of the topic attribute for {@link #paused}. */
    static final String PAUSED_ATTRIBUTE = "delivery.paused";

    /** Name of the topic attribute for {@link #exclusive}. */
    static final String EXCLUSIVE_ATTRIBUTE = "consumer.exclusive";

    private static final List<String> SWITCHES =
            List.of(PAUSED_ATTRIBUTE, EXCLUSIVE_ATTRIBUTE, RedeliveryPolicy.EXPIRED_ATTRIBUTE);
    private static final int ANY_NUMBER_MAX = 999_999_999;
    private static final List<NumberRule> NUMBERS = List.of(
            new NumberRule(RedeliveryPolicy.COUNT_ATTRIBUTE, 0, ANY_NUMBER_MAX),
            new NumberRule(RedeliveryPolicy.DELAY_ATTRIBUTE, 0, ANY_NUMBER_MAX),
            new NumberRule(RedeliveryPolicy.DELAY_MAX_ATTRIBUTE, 0, ANY_NUMBER_MAX),
            new NumberRule(RedeliveryPolicy.FACTOR_ATTRIBUTE, 1, RedeliveryPolicy.FACTOR_MAX),
            new NumberRule(RedeliveryPolicy.JITTER_ATTRIBUTE, 0, RedeliveryPolicy.JITTER_MAX));

    private record NumberRule(String name, int min, int max) {

        boolean allows(String value) {
            return value.matches("[0-9]{1,9}") && Integer.parseInt(value) >= min && Integer.parseInt(value) <= max;
        }
    }

    /** Nothing special but the redelivery. */
    static DeliveryRules with(RedeliveryPolicy redelivery) {
        return new DeliveryRules(redelivery, false, false);
    }

    /** What the attributes of a topic say; where they say nothing that makes sense, the default. */
    static DeliveryRules of(String topic, Map<String, String> attributes) {
        return new DeliveryRules(
                // What comes back to a queue of dead letters stays there.
                DeadLetters.isQueueName(topic) ? RedeliveryPolicy.ENDLESS : RedeliveryPolicy.of(attributes),
                "true".equals(attributes.get(PAUSED_ATTRIBUTE)),
                "true".equals(attributes.get(EXCLUSIVE_ATTRIBUTE)));
    }

    /** Refuses a change that would mean nothing. A null value, which is the default, is always one. */
    static void check(String name, @Nullable String value) {
        if (SWITCHES.contains(name)) {
            if (value != null && !value.equals("true") && !value.equals("false")) {
                throw senseless(name + " is true or false, not '" + value + "'");
            }
            return;
        }
        List<String> known = new ArrayList<>(SWITCHES);
        for (NumberRule number : NUMBERS) {
            if (number.name().equals(name)) {
                if (value != null && !number.allows(value)) {
                    throw senseless(name + " is a number from " + number.min() + " to " + number.max() + ", not '"
                            + value + "'");
                }
                return;
            }
            known.add(number.name());
        }
        throw senseless("there is no attribute '" + name + "'; there are " + String.join(", ", known));
    }

    private static ProtocolException senseless(String why) {
        return new ProtocolException(ResponseCode.INVALID_PARAMETER, why);
    }
}
