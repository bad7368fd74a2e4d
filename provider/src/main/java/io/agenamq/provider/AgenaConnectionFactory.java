// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.provider.AgenaUrl.Option;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.LinkConfig;
import io.agenamq.provider.client.Links;
import io.agenamq.provider.message.TrustedClasses;
import io.agenamq.provider.session.ConnectionParts;
import io.agenamq.provider.session.ConnectionSettings;
import io.agenamq.provider.session.Connections;
import io.agenamq.provider.session.Contexts;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicConnectionFactory;
import java.io.Serializable;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import javax.naming.Reference;
import javax.naming.Referenceable;
import javax.naming.StringRefAddr;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to a cluster.
 *
 * <pre>{@code
 * ConnectionFactory factory = new AgenaConnectionFactory("agena://localhost:9876");
 * try (JMSContext context = factory.createContext()) {
 *     context.createProducer().send(context.createQueue("Orders"), "hello");
 * }
 * }</pre>
 *
 * <p>The addresses are those of name servers, with port 9876 where none is given. Options follow a question mark, times are in milliseconds:
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>default</th><th>meaning</th></tr>
 * <tr><td>{@code clientId}</td><td></td><td>client identifier of the connections</td></tr>
 * <tr><td>{@code prefetch}</td><td>128</td><td>messages that a consumer may have waiting here; 0 fetches each when it is asked for</td></tr>
 * <tr><td>{@code prefetchBytes}</td><td>4194304</td><td>the same in bytes</td></tr>
 * <tr><td>{@code nativeMessages}</td><td>bytes</td><td>what messages of native producers are, {@code bytes} or {@code text}</td></tr>
 * <tr><td>{@code trustedPackages}</td><td></td><td>what object messages may hold besides plain data of the JDK</td></tr>
 * <tr><td>{@code connectTimeout}</td><td>3000</td><td>for one attempt to connect</td></tr>
 * <tr><td>{@code requestTimeout}</td><td>30000</td><td>for one answer of a broker</td></tr>
 * <tr><td>{@code reconnectTimeout}</td><td>60000</td><td>for how long a connection that was lost is tried again</td></tr>
 * </table>
 *
 * <p>A connection that was lost comes back by itself: consumers go on, and get again, marked as redelivered, what they had not acknowledged;
 * sends wait. A send whose connection is cut before the broker has answered fails with error code {@code CONNECTION_LOST}: the message may
 * be stored or not, and only the application can tell whether to send it again. If there is no connection within {@code reconnectTimeout},
 * sends fail with {@code UNREACHABLE}, and consumers fail after the connection's exception listener was told.
 *
 * <p>It is also a factory of the older kinds, whose connections and sessions know queues or topics only (Jakarta Messaging 3.1 §2.7).
 *
 * <p>Making a factory connects to nothing. Any thread may use it.
 */
public final class AgenaConnectionFactory
        implements ConnectionFactory, QueueConnectionFactory, TopicConnectionFactory, Referenceable, Serializable {

    private static final long serialVersionUID = 1L;

    /** Type of the one address of a {@link #getReference reference}. */
    static final String URL_ADDRESS = "url";

    /** Where a cluster on this machine listens. */
    public static final String DEFAULT_URL = "agena://localhost:9876";

    private final String url;
    private final transient AgenaUrl parsed;

    /** A factory for {@link #DEFAULT_URL}. */
    public AgenaConnectionFactory() {
        this(DEFAULT_URL);
    }

    /**
     * A factory for a cluster.
     *
     * @throws IllegalArgumentException for a URL that cannot be, saying what is wrong with it
     */
    public AgenaConnectionFactory(String url) {
        this.url = url;
        this.parsed = AgenaUrl.parse(url);
    }

    /** The URL this factory was made with. */
    public String getUrl() {
        return url;
    }

    /** What a directory keeps of this factory: the URL, and who makes a factory of it. */
    @Override
    public Reference getReference() {
        return new Reference(
                getClass().getName(), new StringRefAddr(URL_ADDRESS, url), AgenaObjectFactory.class.getName(), null);
    }

    private Object readResolve() {
        return new AgenaConnectionFactory(url);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AgenaConnectionFactory that && url.equals(that.url);
    }

    @Override
    public int hashCode() {
        return url.hashCode();
    }

    @Override
    public Connection createConnection() throws JMSException {
        return Connections.open(parts());
    }

    /** User and password are not asked for by this version; everybody may connect. */
    @Override
    public Connection createConnection(@Nullable String userName, @Nullable String password) throws JMSException {
        return createConnection();
    }

    @Override
    public QueueConnection createQueueConnection() throws JMSException {
        return Connections.openForQueues(parts());
    }

    @Override
    public QueueConnection createQueueConnection(@Nullable String userName, @Nullable String password)
            throws JMSException {
        return createQueueConnection();
    }

    @Override
    public TopicConnection createTopicConnection() throws JMSException {
        return Connections.openForTopics(parts());
    }

    @Override
    public TopicConnection createTopicConnection(@Nullable String userName, @Nullable String password)
            throws JMSException {
        return createTopicConnection();
    }

    @Override
    public JMSContext createContext() {
        return createContext(JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(@Nullable String userName, @Nullable String password) {
        return createContext(JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(@Nullable String userName, @Nullable String password, int sessionMode) {
        return createContext(sessionMode);
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        return Contexts.open(() -> Connections.open(parts()), sessionMode);
    }

    /** What a new connection is made of; its link is not open yet. */
    private ConnectionParts parts() {
        InstantSource clock = InstantSource.system();
        UniqueKeys keys = new UniqueKeys(
                InetAddress.getLoopbackAddress(),
                ProcessHandle.current().pid(),
                ThreadLocalRandom.current().nextInt(),
                clock);
        LinkConfig config = new LinkConfig(
                parsed.nameServers(),
                parsed.millis(Option.CONNECT_TIMEOUT),
                parsed.millis(Option.REQUEST_TIMEOUT),
                parsed.millis(Option.RECONNECT_TIMEOUT));
        Link link = Links.overNetwork(config, "jms@" + keys.prefix(), System::nanoTime, new Random());
        ConnectionSettings settings = new ConnectionSettings(
                parsed.textOrNull(Option.CLIENT_ID),
                parsed.integer(Option.PREFETCH),
                parsed.integer(Option.PREFETCH_BYTES),
                parsed.text(Option.NATIVE_MESSAGES).equals("text"),
                TrustedClasses.of(parsed.text(Option.TRUSTED_PACKAGES)));
        return new ConnectionParts(settings, link, keys, clock, System::nanoTime);
    }

    @Override
    public String toString() {
        return "AgenaConnectionFactory[" + url + "]";
    }
}
