// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import io.agenamq.provider.destination.AgenaQueue;
import io.agenamq.provider.destination.AgenaTopic;
import io.agenamq.provider.jndi.NamesContext;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.Function;
import javax.naming.ConfigurationException;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.spi.InitialContextFactory;

/**
 * Names for connection factories and destinations, for applications that look them up and have no application server:
 *
 * <pre>
 * # jndi.properties
 * java.naming.factory.initial = io.agenamq.provider.AgenaInitialContextFactory
 * connectionFactory.jms/Main  = agena://ns1:9876,ns2:9876?clientId=billing
 * xaConnectionFactory.jms/XA  = agena://ns1:9876,ns2:9876
 * queue.jms/Orders            = orders
 * topic.jms/Prices            = prices
 * </pre>
 *
 * <p>What stands behind {@code connectionFactory.}, {@code xaConnectionFactory.}, {@code queue.} and {@code topic.} is the name to look up, the value is a URL or the name of the
 * destination. With {@code java.naming.provider.url} there are also {@value #DEFAULT_FACTORY_NAME} and {@value
 * #DEFAULT_XA_FACTORY_NAME}. Destinations need no property: {@code
 * dynamicQueues/orders} and {@code dynamicTopics/prices} are found as they are. Nothing connects to anything; any thread.
 */
public final class AgenaInitialContextFactory implements InitialContextFactory {

    /** The connection factory of {@link Context#PROVIDER_URL}. */
    public static final String DEFAULT_FACTORY_NAME = "ConnectionFactory";

    /** The connection factory of {@link Context#PROVIDER_URL} for transaction managers. */
    public static final String DEFAULT_XA_FACTORY_NAME = "XAConnectionFactory";

    private static final String XA_FACTORY_PREFIX = "xaConnectionFactory.";
    private static final String FACTORY_PREFIX = "connectionFactory.";
    private static final String QUEUE_PREFIX = "queue.";
    private static final String TOPIC_PREFIX = "topic.";

    private static final Map<String, Function<String, Object>> MAKERS =
            Map.of("dynamicQueues/", AgenaQueue::new, "dynamicTopics/", AgenaTopic::parse);

    /** For JNDI, which makes it by this constructor. */
    public AgenaInitialContextFactory() {}

    /**
     * The context of the environment's names.
     *
     * @throws ConfigurationException for a name that stands for two objects, or a value that stands for none
     */
    @Override
    public Context getInitialContext(Hashtable<?, ?> environment) throws NamingException {
        Map<String, Object> objects = new HashMap<>();
        for (Map.Entry<?, ?> property : environment.entrySet()) {
            if (property.getKey() instanceof String key && property.getValue() instanceof String value) {
                if (key.startsWith(FACTORY_PREFIX)) {
                    bind(objects, key, FACTORY_PREFIX, factory(key, value, AgenaConnectionFactory::new));
                } else if (key.startsWith(XA_FACTORY_PREFIX)) {
                    bind(objects, key, XA_FACTORY_PREFIX, factory(key, value, AgenaXAConnectionFactory::new));
                } else if (key.startsWith(QUEUE_PREFIX)) {
                    bind(objects, key, QUEUE_PREFIX, queue(key, value));
                } else if (key.startsWith(TOPIC_PREFIX)) {
                    bind(objects, key, TOPIC_PREFIX, topic(key, value));
                }
            }
        }
        if (environment.get(Context.PROVIDER_URL) instanceof String url) {
            objects.putIfAbsent(DEFAULT_FACTORY_NAME, factory(Context.PROVIDER_URL, url, AgenaConnectionFactory::new));
            objects.putIfAbsent(
                    DEFAULT_XA_FACTORY_NAME, factory(Context.PROVIDER_URL, url, AgenaXAConnectionFactory::new));
        }
        return new NamesContext(objects, MAKERS, environment);
    }

    private static void bind(Map<String, Object> objects, String key, String prefix, Object object)
            throws ConfigurationException {
        String name = key.substring(prefix.length());
        if (name.isEmpty()) {
            throw new ConfigurationException("'" + key + "' has no name behind the dot");
        }
        Object other = objects.put(name, object);
        if (other != null) {
            throw new ConfigurationException("'" + name + "' stands for both " + other + " and " + object);
        }
    }

    private static AgenaConnectionFactory factory(
            String key, String url, Function<String, AgenaConnectionFactory> maker) throws ConfigurationException {
        try {
            return maker.apply(url.strip());
        } catch (IllegalArgumentException wrong) {
            throw wrong(key, wrong);
        }
    }

    private static AgenaQueue queue(String key, String value) throws ConfigurationException {
        try {
            return AgenaQueue.parse(requireName(key, value));
        } catch (IllegalArgumentException wrong) {
            throw wrong(key, wrong);
        }
    }

    private static AgenaTopic topic(String key, String value) throws ConfigurationException {
        try {
            return AgenaTopic.parse(requireName(key, value));
        } catch (IllegalArgumentException wrong) {
            throw wrong(key, wrong);
        }
    }

    private static ConfigurationException wrong(String key, IllegalArgumentException cause) {
        ConfigurationException failure = new ConfigurationException(key + ": " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    private static String requireName(String key, String value) throws ConfigurationException {
        String name = value.strip();
        if (name.isEmpty()) {
            throw new ConfigurationException("'" + key + "' has no value; it is the name of the destination");
        }
        return name;
    }
}
