// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import io.agenamq.protocol.record.UniqueKeys;
import io.agenamq.provider.AgenaUrl.Option;
import io.agenamq.provider.client.Credentials;
import io.agenamq.provider.client.Link;
import io.agenamq.provider.client.LinkConfig;
import io.agenamq.provider.client.Links;
import io.agenamq.provider.message.TrustedClasses;
import io.agenamq.provider.session.AgenaSession;
import io.agenamq.provider.session.ConnectionParts;
import io.agenamq.provider.session.ConnectionSettings;
import io.agenamq.provider.session.Connections;
import io.agenamq.provider.session.Contexts;
import io.agenamq.provider.session.XaTerms;
import io.agenamq.provider.transaction.DatabaseTransactions;
import io.agenamq.provider.transaction.TransactionTable;
import io.agenamq.provider.xa.ResourceManagers;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.SharedLoops;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicConnectionFactory;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import javax.naming.Reference;
import javax.naming.Referenceable;
import javax.naming.StringRefAddr;
import javax.sql.DataSource;
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
 * <p>The addresses are those of name servers, with port 9876 where none is given. {@code agena:embedded}, or {@code agena:embedded/NAME}, is a
 * broker in this virtual machine, which needs the broker's jar: the first connection starts it, all connections with that name share it, and it
 * stops when the last one is closed. Options follow a question mark; each is a property of this
 * class, too, and {@code docs/url-options.md} has the table.
 *
 * <p>A connection that was lost comes back by itself: consumers go on, and get again what they had not acknowledged, marked as redelivered if the
 * application has seen it; sends wait. What was acknowledged does not come again: an acknowledgement without an answer is repeated first. In AUTO and
 * DUPS_OK mode nobody waits for that answer; if the broker refuses (its disk is full), the next {@code receive} fails with {@code STORE_REFUSES}, or the
 * connection's exception listener is told where the session has message listeners. A send whose connection is cut before the broker has answered fails with error code {@code CONNECTION_LOST}: the message may
 * be stored or not, and only the application can tell whether to send it again. If there is no connection within {@code reconnectTimeout},
 * sends fail with {@code UNREACHABLE}, and consumers fail after the connection's exception listener was told. With several brokers all of this
 * concerns what is at the broker that is away; the rest goes on ({@code docs/clusters.md}).
 *
 * <p>It is also a factory of the older kinds, whose connections and sessions know queues or topics only (Jakarta Messaging 3.1 §2.7).
 *
 * <p>For transaction managers there is {@link AgenaXAConnectionFactory}.
 *
 * <p>Who connects is asked when a connection is made: a wrong user or password is a {@link jakarta.jms.JMSSecurityException} then. Without a user
 * (neither in the call nor in the factory) a connection is anonymous, which a broker allows to clients of its own machine unless it is
 * configured otherwise.
 *
 * <p>Making a factory, or setting a property, connects to nothing, and changes no connection that was made before. Any thread may use it.
 */
public sealed class AgenaConnectionFactory
        implements ConnectionFactory, QueueConnectionFactory, TopicConnectionFactory, Referenceable, Serializable
        permits AgenaXAConnectionFactory {

    private static final long serialVersionUID = 1L;

    /** Type of the one address of a {@link #getReference reference}. */
    static final String URL_ADDRESS = "url";

    /**
     * Session mode in which {@code Message.acknowledge} acknowledges that message and no other; {@code JMSContext.acknowledge} the one that was delivered
     * last. {@code recover} gives back all others. For {@code createSession} and {@code createContext}; no part of the specification.
     */
    public static final int INDIVIDUAL_ACKNOWLEDGE = AgenaSession.INDIVIDUAL_ACKNOWLEDGE;

    /** Where a cluster on this machine listens. */
    public static final String DEFAULT_URL = "agena://localhost:9876";

    /** Event loops for all connections together: they parse frames and run nothing of the application, so that a few serve hundreds. */
    private static final int IO_THREADS =
            Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));

    /** State of the virtual machine, because transaction managers use several factories for one cluster. */
    private static final ResourceManagers RESOURCE_MANAGERS = new ResourceManagers();

    // Guarded by this, but for reading.
    private volatile String url;
    private transient volatile AgenaUrl parsed;

    /** Of all connections of this factory; there are threads as long as there are connections. */
    private final transient SharedLoops loops = new SharedLoops(IO_THREADS, "agena-client-io");

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
        this(url, AgenaUrl.parse(url));
        parsed.check();
    }

    /** One that may be half configured. */
    AgenaConnectionFactory(String url, AgenaUrl parsed) {
        this.url = url;
        this.parsed = parsed;
    }

    /** One that a directory has kept, which may be half configured. */
    static AgenaConnectionFactory of(String url) {
        return new AgenaConnectionFactory(url, AgenaUrl.parse(url));
    }

    // ---- properties: one for each option of the URL

    /** The URL with all options that are set, the password among them. */
    public String getUrl() {
        return url;
    }

    /**
     * Sets the addresses and all options at once: those that the URL does not name have their defaults again.
     *
     * @throws IllegalArgumentException for a URL that cannot be
     */
    public synchronized void setUrl(String newUrl) {
        AgenaUrl said = AgenaUrl.parse(newUrl);
        said.check();
        parsed = said;
        url = newUrl;
    }

    private synchronized void set(Option option, String value) {
        parsed = parsed.with(option, value);
        url = parsed.text();
    }

    /** Who connects where the application does not say it; empty for nobody in particular. */
    public String getUser() {
        return parsed.text(Option.USER);
    }

    /** Sets who connects; null or empty for nobody in particular. */
    public void setUser(@Nullable String user) {
        set(Option.USER, user == null ? "" : user);
    }

    /** The password of {@link #getUser}; empty if there is none. */
    public String getPassword() {
        return parsed.text(Option.PASSWORD);
    }

    /** Sets the password of {@link #getUser}. */
    public void setPassword(@Nullable String password) {
        set(Option.PASSWORD, password == null ? "" : password);
    }

    /** The client identifier of the connections; empty if applications may set it. */
    public String getClientId() {
        return parsed.text(Option.CLIENT_ID);
    }

    /** Sets the client identifier; null or empty lets applications set it. */
    public void setClientId(@Nullable String clientId) {
        set(Option.CLIENT_ID, clientId == null ? "" : clientId);
    }

    /** Messages that a consumer may have waiting in the client. */
    public int getPrefetch() {
        return parsed.integer(Option.PREFETCH);
    }

    /** Sets how many messages a consumer may have waiting in the client; 0 fetches each when it is asked for. */
    public void setPrefetch(int messages) {
        set(Option.PREFETCH, Integer.toString(messages));
    }

    /** Bytes that a consumer may have waiting in the client. */
    public int getPrefetchBytes() {
        return parsed.integer(Option.PREFETCH_BYTES);
    }

    /** Sets how many bytes a consumer may have waiting in the client. */
    public void setPrefetchBytes(int bytes) {
        set(Option.PREFETCH_BYTES, Integer.toString(bytes));
    }

    /** What persistent messages, acknowledgements and commits survive when they are answered. */
    public String getDurability() {
        return parsed.text(Option.DURABILITY);
    }

    /** Sets what persistent messages, acknowledgements and commits survive when they are answered: {@code disk} or {@code process}. */
    public void setDurability(String durability) {
        set(Option.DURABILITY, durability);
    }

    /** What messages of native producers are. */
    public String getNativeMessages() {
        return parsed.text(Option.NATIVE_MESSAGES);
    }

    /** Sets what messages of native producers are, {@code bytes} or {@code text}. */
    public void setNativeMessages(String kind) {
        set(Option.NATIVE_MESSAGES, kind);
    }

    /** What the objects of object messages may be, besides plain data of the JDK. */
    public String getTrustedPackages() {
        return parsed.text(Option.TRUSTED_PACKAGES);
    }

    /** Sets what the objects of object messages may be: packages and classes, separated by commas. */
    public void setTrustedPackages(@Nullable String packages) {
        set(Option.TRUSTED_PACKAGES, packages == null ? "" : packages);
    }

    /** Milliseconds for one attempt to connect. */
    public int getConnectTimeout() {
        return parsed.integer(Option.CONNECT_TIMEOUT);
    }

    /** Sets the time for one attempt to connect, in milliseconds. */
    public void setConnectTimeout(int millis) {
        set(Option.CONNECT_TIMEOUT, Integer.toString(millis));
    }

    /** Milliseconds that a broker has for one answer. */
    public int getRequestTimeout() {
        return parsed.integer(Option.REQUEST_TIMEOUT);
    }

    /** Sets the time that a broker has for one answer, in milliseconds. */
    public void setRequestTimeout(int millis) {
        set(Option.REQUEST_TIMEOUT, Integer.toString(millis));
    }

    /** Milliseconds for which a connection that was lost is tried again. */
    public int getReconnectTimeout() {
        return parsed.integer(Option.RECONNECT_TIMEOUT);
    }

    /** Sets for how long a connection that was lost is tried again, in milliseconds; 0 for not at all. */
    public void setReconnectTimeout(int millis) {
        set(Option.RECONNECT_TIMEOUT, Integer.toString(millis));
    }

    /** Whether connections of {@link AgenaXAConnectionFactory} to the same cluster say that they are the same resource manager. */
    public boolean isJoinBranches() {
        return parsed.flag(Option.JOIN_BRANCHES);
    }

    /** Sets whether {@code XAResource.isSameRM} holds between connections to the same cluster; false for transaction managers that cannot join branches. */
    public void setJoinBranches(boolean join) {
        set(Option.JOIN_BRANCHES, Boolean.toString(join));
    }

    /** The data folder of {@code agena:embedded}; empty if nothing outlives the broker. */
    public String getData() {
        return parsed.text(Option.DATA);
    }

    /** Sets the data folder of {@code agena:embedded}; null or empty for none. */
    public void setData(@Nullable String folder) {
        set(Option.DATA, folder == null ? "" : folder);
    }

    /** Whether {@code agena:embedded} runs on when its last connection is closed. */
    public boolean isStay() {
        return parsed.flag(Option.STAY);
    }

    /** Sets whether {@code agena:embedded} runs on when its last connection is closed. */
    public void setStay(boolean stay) {
        set(Option.STAY, Boolean.toString(stay));
    }

    // ---- as an administered object (Jakarta Messaging 3.1 §4.1)

    /** What a directory keeps of this factory: the URL, and who makes a factory of it. */
    @Override
    public Reference getReference() {
        return new Reference(
                getClass().getName(), new StringRefAddr(URL_ADDRESS, url), AgenaObjectFactory.class.getName(), null);
    }

    /** What comes out of a stream. */
    Object readResolve() {
        return of(url);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AgenaConnectionFactory that
                && getClass() == that.getClass()
                && parsed.equals(that.parsed);
    }

    @Override
    public int hashCode() {
        return parsed.hashCode();
    }

    // ---- connections

    @Override
    public Connection createConnection() throws JMSException {
        return createConnection(null, null);
    }

    /** A connection of a user; a null or empty name is that of the factory. */
    @Override
    public Connection createConnection(@Nullable String userName, @Nullable String password) throws JMSException {
        return Connections.open(parts(userName, password));
    }

    @Override
    public QueueConnection createQueueConnection() throws JMSException {
        return createQueueConnection(null, null);
    }

    @Override
    public QueueConnection createQueueConnection(@Nullable String userName, @Nullable String password)
            throws JMSException {
        return Connections.openForQueues(parts(userName, password));
    }

    @Override
    public TopicConnection createTopicConnection() throws JMSException {
        return createTopicConnection(null, null);
    }

    @Override
    public TopicConnection createTopicConnection(@Nullable String userName, @Nullable String password)
            throws JMSException {
        return Connections.openForTopics(parts(userName, password));
    }

    @Override
    public JMSContext createContext() {
        return createContext(JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(@Nullable String userName, @Nullable String password) {
        return createContext(userName, password, JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(@Nullable String userName, @Nullable String password, int sessionMode) {
        return Contexts.open(() -> Connections.open(parts(userName, password)), sessionMode);
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        return createContext(null, null, sessionMode);
    }

    // ---- transactions with a database

    /**
     * Transactions in which messages and the application's database are one whole, without XA; see {@link DatabaseTransactions}. Joins transactions of the container (JTA), of Spring, and of plain JDBC.
     *
     * @param dataSource of the database; with JTA, one whose connections take part in its transactions
     * @param group name of all processes that do the same work with the same database
     * @throws JMSException if the table is not there and cannot be made, or the database does not answer
     */
    public DatabaseTransactions databaseTransactions(DataSource dataSource, String group) throws JMSException {
        return databaseTransactions(dataSource, new TransactionTable(group), null);
    }

    /**
     * The same with another table, or with a transaction manager that is not the container's.
     *
     * @param registry of the transaction manager; null for the container's, if there is one
     */
    public DatabaseTransactions databaseTransactions(
            DataSource dataSource, TransactionTable table, @Nullable TransactionSynchronizationRegistry registry)
            throws JMSException {
        return new DatabaseTransactions(() -> parts(null, null), dataSource, table, registry);
    }

    /** What a new connection is made of; its link is not open yet. */
    final ConnectionParts parts(@Nullable String userName, @Nullable String password) throws JMSException {
        AgenaUrl said = parsed;
        try {
            said.check();
        } catch (IllegalArgumentException wrong) {
            throw failure(String.valueOf(wrong.getMessage()), wrong);
        }
        ConnectionSettings settings = new ConnectionSettings(
                said.textOrNull(Option.CLIENT_ID),
                said.integer(Option.PREFETCH),
                said.integer(Option.PREFETCH_BYTES),
                said.text(Option.NATIVE_MESSAGES).equals("text"),
                said.millis(Option.REQUEST_TIMEOUT),
                TrustedClasses.of(said.text(Option.TRUSTED_PACKAGES)));
        Credentials credentials = credentials(said, userName, password);
        String embedded = said.embedded();
        if (embedded == null) {
            return parts(said, said.nameServers(), credentials, settings, () -> {});
        }
        try {
            EmbeddedServers.Lease lease = EmbeddedServers.OF_THIS_MACHINE.join(
                    embedded, said.textOrNull(Option.DATA), said.flag(Option.STAY));
            boolean handedOver = false;
            try {
                ConnectionParts parts = parts(
                        said,
                        List.of(lease.nameServer()),
                        credentials == null ? lease.credentials() : credentials,
                        settings,
                        lease::end);
                handedOver = true;
                return parts;
            } finally {
                if (!handedOver) {
                    // There were no threads for a link, for instance.
                    lease.end();
                }
            }
        } catch (IOException failed) {
            throw failure("cannot start the embedded broker: " + failed.getMessage(), failed);
        }
    }

    private static JMSException failure(String text, Exception cause) {
        JMSException failure = new JMSException(text);
        failure.setLinkedException(cause);
        failure.initCause(cause);
        return failure;
    }

    private ConnectionParts parts(
            AgenaUrl said,
            List<HostPort> nameServers,
            @Nullable Credentials credentials,
            ConnectionSettings settings,
            Runnable afterClose) {
        InstantSource clock = InstantSource.system();
        UniqueKeys keys = new UniqueKeys(
                someLoopbackAddress(),
                ProcessHandle.current().pid(),
                ThreadLocalRandom.current().nextInt(),
                clock);
        LinkConfig config = new LinkConfig(
                nameServers,
                said.millis(Option.CONNECT_TIMEOUT),
                said.millis(Option.REQUEST_TIMEOUT),
                said.millis(Option.RECONNECT_TIMEOUT),
                said.text(Option.DURABILITY).equals("disk"),
                credentials);
        Link link =
                Links.overNetwork(config, "jms@" + keys.prefix(), loops, System::nanoTime, new Random(), afterClose);
        XaTerms xa = new XaTerms(
                RESOURCE_MANAGERS.branchesOf(nameServers, credentials == null ? null : credentials.user()),
                said.flag(Option.JOIN_BRANCHES));
        return new ConnectionParts(settings, link, keys, clock, System::nanoTime, xa);
    }

    /** One of sixteen million: in containers every process has the same number, and message ids must differ all the same. */
    private static InetAddress someLoopbackAddress() {
        byte[] address = new byte[4];
        ThreadLocalRandom.current().nextBytes(address);
        address[0] = 127;
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address of four bytes", impossible);
        }
    }

    private static @Nullable Credentials credentials(
            AgenaUrl said, @Nullable String userName, @Nullable String password) throws JMSException {
        if (userName != null && !userName.isEmpty()) {
            return new Credentials(userName, password == null ? "" : password);
        }
        String user = said.textOrNull(Option.USER);
        String given = password == null || password.isEmpty() ? said.text(Option.PASSWORD) : password;
        if (user != null) {
            return new Credentials(user, given);
        }
        if (!given.isEmpty()) {
            throw new JMSSecurityException("there is a password and no user name", "NOT_ALLOWED");
        }
        return null;
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + parsed + "]";
    }
}
