// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.ConfigFile;
import io.agenamq.broker.config.Settings;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.remoting.HostPort;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Name server and broker in this process, on free ports of the loopback interface, with a store in a given folder. */
final class TestBroker implements AutoCloseable {

    private final LocalServer server;
    private final CopyOnWriteArrayList<Throwable> faults = new CopyOnWriteArrayList<>();

    private TestBroker(Path folder, Map<String, String> options) throws StartException {
        Map<String, Settings.FlagValue> flags = new HashMap<>();
        flags.put("listenPort", new Settings.FlagValue("0", "test"));
        flags.put("storePathRootDir", new Settings.FlagValue(folder.toString(), "test"));
        flags.put("mappedFileSizeCommitLog", new Settings.FlagValue("16m", "test"));
        options.forEach((name, value) -> flags.put(name, new Settings.FlagValue(value, "test")));
        Settings settings = Settings.of(BrokerOptions.TABLE, ConfigFile.parse("none", ""), Map.of(), flags);
        server = LocalServer.start(
                NameServerConfig.listeningOn(new HostPort("127.0.0.1", 0)),
                BrokerConfig.of(settings, folder),
                (what, cause) -> faults.add(new AssertionError(what, cause)));
    }

    /** With options as they stand in {@code broker.conf}: name, value, name, value. */
    static TestBroker start(Path folder, String... options) throws Exception {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            map.put(options[i], options[i + 1]);
        }
        TestBroker broker = new TestBroker(folder, map);
        if (!broker.server.broker().awaitRegistration(java.time.Duration.ofSeconds(30))) {
            throw new AssertionError("the broker was not registered");
        }
        return broker;
    }

    BrokerServer server() {
        return server.broker();
    }

    HostPort address() {
        return HostPort.of(server.broker().address());
    }

    HostPort nameServer() {
        return HostPort.of(server.nameServer().address());
    }

    /** A client that speaks raw requests to the broker. */
    RawClient client() {
        return new RawClient(address());
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
