// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnectionFactory;
import jakarta.jms.XAConnectionFactory;
import java.io.IOException;

/**
 * What the conformance tests need of a provider and Jakarta Messaging has no interface for: where connection factories come from. Everything
 * else they ask of {@code jakarta.jms}; destinations come from {@code Session.createQueue} and {@code createTopic} with names of letters, digits
 * and hyphens, and exist when they are used.
 *
 * <p>The class that {@code -Dtck.jms.provider} names is constructed once for a run, and closed at its end; it must have a public constructor
 * without arguments that starts what has to run.
 */
public interface JmsProvider extends AutoCloseable {

    /** In a {@link #knownDeviation}: the rule may hold as well, as luck will have it. */
    String SOMETIMES = "sometimes";

    /** A factory as it is without any settings: connections have no client identifier. */
    ConnectionFactory factory() throws Exception;

    /** A factory whose connections have a client identifier. */
    ConnectionFactory factory(String clientId) throws Exception;

    /** The same as {@link #factory()}, by the interface of the queue domain. */
    QueueConnectionFactory queueFactory() throws Exception;

    /** The same as {@link #factory()}, by the interface of the topic domain. */
    TopicConnectionFactory topicFactory() throws Exception;

    /** A factory for transaction managers; null if the provider has none, which it need not have (Jakarta Messaging 3.1 §12.3). */
    default XAConnectionFactory xaFactory() throws Exception {
        return null;
    }

    /**
     * Whether a rule is known not to hold for this provider, and why: the test then runs, and is reported as skipped with the reason when it
     * fails, and as failed when it does not, unless the reason says {@link #SOMETIMES}. Empty for the rest.
     *
     * @param rule the test's class and method, and its arguments if it has any: {@code SelectorTest.a_rule[a = 1]}
     */
    default String knownDeviation(String rule) {
        return "";
    }

    @Override
    void close() throws IOException;
}
