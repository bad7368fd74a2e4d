// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.provider.AgenaUrl.Option;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.LinkConfig;
import io.agenamq.provider.client.Links;
import io.agenamq.provider.message.TrustedClasses;
import io.agenamq.provider.session.AgenaConnection;
import io.agenamq.provider.session.ConnectionSettings;
import io.agenamq.provider.session.Contexts;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import java.io.Serializable;
import java.net.InetAddress;
import java.time.InstantSource;
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
 * <p>The addresses are those of name servers. Options follow a question mark: {@code clientId}, {@code prefetch}, {@code prefetchBytes},
 * {@code nativeMessages}, {@code connectTimeout}, {@code requestTimeout}. Making a factory connects to nothing. Any
 * thread may use it.
 */
public final class AgenaConnectionFactory implements ConnectionFactory, Referenceable, Serializable {

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
        return connect();
    }

    /** User and password are not asked for by this version; everybody may connect. */
    @Override
    public Connection createConnection(@Nullable String userName, @Nullable String password) throws JMSException {
        return connect();
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
        return Contexts.open(this::connect, sessionMode);
    }

    /** A connection that works: a name server and a broker were reached. Waits for them. */
    private AgenaConnection connect() throws JMSException {
        InstantSource clock = InstantSource.system();
        UniqueKeys keys = new UniqueKeys(
                InetAddress.getLoopbackAddress(),
                ProcessHandle.current().pid(),
                ThreadLocalRandom.current().nextInt(),
                clock);
        LinkConfig config = new LinkConfig(
                parsed.nameServers(), parsed.millis(Option.CONNECT_TIMEOUT), parsed.millis(Option.REQUEST_TIMEOUT));
        Link link = Links.overNetwork(config, "jms@" + keys.prefix());
        ConnectionSettings settings = new ConnectionSettings(
                parsed.textOrNull(Option.CLIENT_ID),
                parsed.integer(Option.PREFETCH),
                parsed.integer(Option.PREFETCH_BYTES),
                parsed.text(Option.NATIVE_MESSAGES).equals("text"),
                TrustedClasses.of(parsed.text(Option.TRUSTED_PACKAGES)));
        return AgenaConnection.open(settings, link, keys, clock, System::nanoTime);
    }

    @Override
    public String toString() {
        return "AgenaConnectionFactory[" + url + "]";
    }
}
