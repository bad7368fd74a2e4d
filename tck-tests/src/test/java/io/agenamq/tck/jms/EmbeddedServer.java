// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import io.agenamq.broker.LocalServer;
import io.agenamq.broker.access.PasswordHash;
import io.agenamq.broker.access.UserFile;
import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.ConfigFile;
import io.agenamq.broker.config.Settings;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.protocol.command.CreateTopicRequest;
import io.agenamq.protocol.command.KeyValueBody;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.command.TopicListBody;
import io.agenamq.protocol.command.TopicRequest;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.provider.AgenaConnectionFactory;
import io.agenamq.provider.AgenaXAConnectionFactory;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Name server and broker in this process, on free ports of the loopback interface. */
public final class EmbeddedServer implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final LocalServer server;
    private final CopyOnWriteArrayList<Throwable> faults = new CopyOnWriteArrayList<>();

    public EmbeddedServer(Path folder) throws Exception {
        this(folder, Map.of());
    }

    /** A server whose broker tells clients to come to another address. */
    EmbeddedServer(Path folder, HostPort advertised) throws Exception {
        this(folder, advertised, Map.of());
    }

    /** The same with options of the broker. */
    EmbeddedServer(Path folder, HostPort advertised, Map<String, String> more) throws Exception {
        this(folder, advertisedAt(advertised, more));
    }

    private static Map<String, String> advertisedAt(HostPort address, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.put("brokerIP1", address.host());
        all.put("advertisedPort", String.valueOf(address.port()));
        return all;
    }

    /** A server with options as they stand in {@code broker.conf}. */
    EmbeddedServer(Path folder, Map<String, String> more) throws Exception {
        Map<String, Settings.FlagValue> flags = new HashMap<>();
        flags.put("listenPort", new Settings.FlagValue("0", "test"));
        flags.put("storePathRootDir", new Settings.FlagValue(folder.toString(), "test"));
        flags.put("mappedFileSizeCommitLog", new Settings.FlagValue("16m", "test"));
        more.forEach((key, value) -> flags.put(key, new Settings.FlagValue(value, "test")));
        Settings settings = Settings.of(BrokerOptions.TABLE, ConfigFile.parse("none", ""), Map.of(), flags);
        server = LocalServer.start(
                NameServerConfig.listeningOn(new HostPort("127.0.0.1", 0)),
                BrokerConfig.of(settings, folder),
                (what, cause) -> faults.add(new AssertionError(what, cause)));
        if (!server.broker().awaitRegistration(Duration.ofSeconds(30))) {
            throw new AssertionError("the broker was not registered");
        }
    }

    /** Adds a user to the server whose store is in a folder, started or not. */
    static void addUser(Path folder, String name, String password) throws IOException {
        // Few rounds: how long a hash takes is not what is tested.
        PasswordHash hash = PasswordHash.of(password.toCharArray(), 10, new SecureRandom());
        UserFile.in(folder).change(users -> users.with(name, hash));
    }

    HostPort nameServer() {
        return HostPort.of(server.nameServer().address());
    }

    HostPort broker() {
        return HostPort.of(server.broker().address());
    }

    public AgenaConnectionFactory factory(String options) {
        return new AgenaConnectionFactory(
                "agena://" + HostPort.of(server.nameServer().address()) + options);
    }

    public AgenaXAConnectionFactory xaFactory(String options) {
        return new AgenaXAConnectionFactory(
                "agena://" + HostPort.of(server.nameServer().address()) + options);
    }

    /** Creates a JMS queue with attributes, {@code +name=value} joined by commas. */
    void createQueue(String name, String attributes) {
        create(name, "+kind=queue," + attributes);
    }

    void createTopic(String name, String attributes) {
        create(name, "+kind=topic" + (attributes.isEmpty() ? "" : "," + attributes));
    }

    private void create(String name, String attributes) {
        try (RemotingClient client =
                new RemotingClient(RemotingClientConfig.defaults().withThreadName("test-admin"), new HandlerTable())) {
            CreateTopicRequest create =
                    new CreateTopicRequest(name, "", 1, 1, 6, TopicConfig.SINGLE_TAG, 0, false, attributes);
            HostPort broker = HostPort.of(server.broker().address());
            Frame answer = client.call(broker, RequestCode.UPDATE_AND_CREATE_TOPIC, create, Body.EMPTY, TIMEOUT)
                    .join();
            if (answer.code() != ResponseCode.SUCCESS) {
                throw new AssertionError(answer.remark());
            }
        }
    }

    /** What the broker says about itself to an operator. */
    Map<String, String> figures() {
        return KeyValueBody.parse(ask(broker(), RequestCode.GET_BROKER_RUNTIME_INFO, Header.NONE)
                        .body())
                .table();
    }

    /** The topics that the name server knows, sorted. */
    List<String> topics() {
        Frame answer = ask(nameServer(), RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, Header.NONE);
        return TopicListBody.parse(answer.body()).topicList().stream().sorted().toList();
    }

    /** Whether the name server leads anybody to a topic. */
    boolean hasRoute(String topic) {
        return ask(nameServer(), RequestCode.GET_ROUTEINFO_BY_TOPIC, new TopicRequest(topic))
                        .code()
                == ResponseCode.SUCCESS;
    }

    private static Frame ask(HostPort address, int code, Header header) {
        try (RemotingClient client =
                new RemotingClient(RemotingClientConfig.defaults().withThreadName("test-admin"), new HandlerTable())) {
            return client.call(address, code, header, Body.EMPTY, TIMEOUT).join();
        }
    }

    @Override
    public void close() {
        server.close();
        if (!faults.isEmpty()) {
            AssertionError all = new AssertionError("the broker found bugs in itself");
            faults.forEach(all::addSuppressed);
            throw all;
        }
    }
}
