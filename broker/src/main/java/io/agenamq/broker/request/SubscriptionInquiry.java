// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.SubscriptionData;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.protocol.json.JsonReader;
import io.agenamq.remoting.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks the client of one connection what its consumers want. After a restart of the broker they go on pulling, and most send no heartbeat
 * before half a minute is over. Who consumes with SQL92 cannot be served before its expression is known, because clients do not evaluate it
 * themselves. But every push consumer answers to code 307, which tools use to look into it, and the answer has its subscriptions.
 *
 * <p>Belongs to the connection's event loop. A group is asked once at a time; what it said is kept until a pull names a newer version.
 */
final class SubscriptionInquiry {

    /** The client itself waits for its pull for half a minute. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Groups of one client process that are remembered; a process has a few. */
    private static final int GROUPS_MAX = 64;

    private final Connection connection;
    private final Map<String, Map<String, SubscriptionData>> known = new HashMap<>();
    private final Map<String, CompletableFuture<?>> asked = new HashMap<>();

    private SubscriptionInquiry(Connection connection) {
        this.connection = connection;
    }

    /** The one of {@code connection}. */
    static SubscriptionInquiry of(Connection connection) {
        SubscriptionInquiry found = connection.attachment(SubscriptionInquiry.class);
        if (found == null) {
            found = new SubscriptionInquiry(connection);
            connection.attach(SubscriptionInquiry.class, found);
        }
        return found;
    }

    /** What {@code group} has said about {@code topic}, if that is not older than {@code version}. */
    @Nullable
    SubscriptionData answer(String group, String topic, long version) {
        SubscriptionData said = known.getOrDefault(group, Map.of()).get(topic);
        return said == null || said.subVersion() < version ? null : said;
    }

    /** Asks {@code group} and runs {@code afterwards} on the event loop, whether there was an answer or not. */
    void ask(String group, Runnable afterwards) {
        CompletableFuture<?> answer = asked.get(group);
        if (answer == null) {
            answer = connection
                    .call(
                            RequestCode.GET_CONSUMER_RUNNING_INFO,
                            out -> {
                                out.put("consumerGroup", group);
                                // Asked for by the field's declaration, read by nobody: the group is enough.
                                out.put("clientId", "");
                                out.put("jstackEnable", "false");
                            },
                            Body.EMPTY,
                            TIMEOUT)
                    .handle((frame, failure) -> {
                        asked.remove(group);
                        remember(group, failure != null || frame == null ? Map.of() : subscriptions(frame));
                        return group;
                    });
            if (!answer.isDone()) {
                asked.put(group, answer);
            }
        }
        var unused = answer.thenRun(afterwards);
    }

    private void remember(String group, Map<String, SubscriptionData> subscriptions) {
        if (known.size() >= GROUPS_MAX) {
            known.clear();
        }
        known.put(group, subscriptions);
    }

    private static Map<String, SubscriptionData> subscriptions(Frame answer) {
        Map<String, SubscriptionData> found = new HashMap<>();
        if (answer.code() != ResponseCode.SUCCESS) {
            return found;
        }
        try {
            JsonReader in = JsonReader.of(answer.body());
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                if (name.equals("subscriptionSet") && !in.tryNull()) {
                    in.beginArray();
                    while (in.nextElement()) {
                        SubscriptionData one = SubscriptionData.readFrom(in);
                        found.put(one.topic(), one);
                    }
                } else {
                    in.skip();
                }
            }
        } catch (ProtocolException malformed) {
            // Then it has said nothing, and its pull is refused until its heartbeat comes.
            found.clear();
        }
        return found;
    }
}
