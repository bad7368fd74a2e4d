// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.SelectorException;
import io.agenamq.protocol.selector.Typing;
import org.jspecify.annotations.Nullable;

/** What a request has to get right, and the refusals if it does not. Pure. */
final class Checks {

    private Checks() {}

    /** The selector of this text. */
    static Selector parse(@Nullable String text) {
        try {
            return Selector.parse(text, Typing.STRICT);
        } catch (SelectorException malformed) {
            throw refusal(JmsRefusal.INVALID_SELECTOR, String.valueOf(malformed.getMessage()));
        }
    }

    /** What kind of destination a topic is. */
    static DestinationKind kindOf(TopicConfig topic) {
        return DestinationKind.of(topic.attributes().get(DestinationKind.ATTRIBUTE));
    }

    /** How many message queues a topic has. */
    static int queueCount(TopicConfig topic) {
        return Math.max(topic.readQueueNums(), topic.writeQueueNums());
    }

    /** A queue is not used as a topic, nor a topic as a queue. */
    static void requireKind(TopicConfig topic, DestinationKind wanted) {
        DestinationKind kind = kindOf(topic);
        String name = topic.topicName();
        if (wanted == DestinationKind.QUEUE && kind != DestinationKind.QUEUE) {
            String what = kind == DestinationKind.TOPIC ? "a topic" : "a native topic";
            throw refusal(JmsRefusal.WRONG_KIND, "'" + name + "' is " + what + "; use createTopic(\"" + name + "\")");
        } else if (wanted != DestinationKind.QUEUE && kind == DestinationKind.QUEUE) {
            throw refusal(JmsRefusal.WRONG_KIND, "topic '" + name + "' is a queue; use createQueue(\"" + name + "\")");
        }
    }

    static ProtocolException noSuchDestination(String name) {
        return refusal(JmsRefusal.NO_SUCH_DESTINATION, "there is no destination '" + name + "'");
    }

    static ProtocolException refusal(JmsRefusal refusal, String reason) {
        return new ProtocolException(refusal.code(), reason);
    }
}
