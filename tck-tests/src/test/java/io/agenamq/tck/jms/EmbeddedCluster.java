// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import io.agenamq.broker.BrokerServer;
import io.agenamq.broker.StartException;
import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.ConfigFile;
import io.agenamq.broker.config.Settings;
import io.agenamq.nameserver.NameServer;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.HomeChoice;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TopicRequest;
import io.agenamq.protocol.command.TopicRouteData;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.provider.AgenaConnectionFactory;
import io.agenamq.provider.AgenaXAConnectionFactory;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A name server and some brokers in this process, on free ports of the loopback interface. A broker that is stopped and started again has its store,
 * and another address, as if it had moved.
 */
final class EmbeddedCluster implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Path folder;
    private final Map<String, String> options;
    private final SortedMap<String, BrokerServer> brokers = new TreeMap<>();
    private final CopyOnWriteArrayList<Throwable> faults = new CopyOnWriteArrayList<>();
    private final RemotingClient admin =
            new RemotingClient(RemotingClientConfig.defaults().withThreadName("test-admin"), new HandlerTable());
    private NameServer nameServer;
    private final HostPort nameServerAddress;

    /** A cluster whose brokers have these names. */
    EmbeddedCluster(Path folder, String... names) throws Exception {
        this(folder, Map.of(), names);
    }

    /** The same with options of the brokers as they stand in {@code broker.conf}. */
    EmbeddedCluster(Path folder, Map<String, String> options, String... names) throws Exception {
        this.folder = folder;
        this.options = options;
        this.nameServer = startNameServer(0);
        this.nameServerAddress = HostPort.of(nameServer.address());
        for (String name : names) {
            start(name);
        }
    }

    private NameServer startNameServer(int port) throws IOException {
        return NameServer.start(NameServerConfig.listeningOn(new HostPort("127.0.0.1", port))
                .withDataDirectory(folder.resolve("nameserver")));
    }

    HostPort nameServer() {
        return nameServerAddress;
    }

    void stopNameServer() throws IOException {
        nameServer.close();
    }

    /** Starts the name server that was stopped. Nobody has registered with it yet when this returns. */
    void startNameServer() throws IOException {
        nameServer = startNameServer(nameServerAddress.port());
    }

    /** Starts a broker, for the first time or again. It is registered when this returns. */
    void start(String name) throws StartException, InterruptedException {
        Map<String, Settings.FlagValue> flags = new HashMap<>();
        flags.put("listenPort", new Settings.FlagValue("0", "test"));
        flags.put("brokerName", new Settings.FlagValue(name, "test"));
        flags.put(
                "storePathRootDir", new Settings.FlagValue(folder.resolve(name).toString(), "test"));
        flags.put("mappedFileSizeCommitLog", new Settings.FlagValue("16m", "test"));
        options.forEach((key, value) -> flags.put(key, new Settings.FlagValue(value, "test")));
        Settings settings = Settings.of(BrokerOptions.TABLE, ConfigFile.parse("none", ""), Map.of(), flags);
        BrokerServer broker = BrokerServer.start(
                BrokerConfig.of(settings, folder).withNameServers(List.of(nameServerAddress)),
                (what, cause) -> faults.add(new AssertionError(name + ": " + what, cause)));
        brokers.put(name, broker);
        if (!broker.awaitRegistration(TIMEOUT)) {
            throw new AssertionError(name + " was not registered");
        }
    }

    /** Stops a broker, which says good-bye to the name server. */
    void stop(String name) {
        brokers.remove(name).close();
    }

    HostPort address(String broker) {
        return HostPort.of(brokers.get(broker).address());
    }

    AgenaConnectionFactory factory(String urlOptions) {
        return new AgenaConnectionFactory("agena://" + nameServerAddress + urlOptions);
    }

    AgenaXAConnectionFactory xaFactory(String urlOptions) {
        return new AgenaXAConnectionFactory("agena://" + nameServerAddress + urlOptions);
    }

    /** A name of a destination that does not exist yet and is going to live on a broker. */
    String nameOn(String broker, String prefix) {
        for (int i = 0; ; i++) {
            String name = prefix + i;
            if (HomeChoice.of(name, brokers.keySet()).equals(broker)) {
                return name;
            }
        }
    }

    /** The brokers that have a topic now and are known to the name server, sorted. */
    List<String> brokersOf(String topic) {
        Frame answer = admin.call(
                        nameServerAddress,
                        RequestCode.GET_ROUTEINFO_BY_TOPIC,
                        new TopicRequest(topic),
                        Body.EMPTY,
                        TIMEOUT)
                .join();
        return answer.code() != ResponseCode.SUCCESS
                ? List.of()
                : TopicRouteData.parse(answer.body()).brokerDatas().stream()
                        .map(BrokerData::brokerName)
                        .sorted()
                        .toList();
    }

    @Override
    public void close() throws IOException {
        admin.close();
        brokers.values().forEach(BrokerServer::close);
        nameServer.close();
        if (!faults.isEmpty()) {
            AssertionError all = new AssertionError("brokers found bugs in themselves");
            faults.forEach(all::addSuppressed);
            throw all;
        }
    }
}
