// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms;

import io.agenamq.broker.LocalServer;
import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.ConfigFile;
import io.agenamq.broker.config.Settings;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.provider.AgenaConnectionFactory;
import io.agenamq.remoting.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Name server and broker in this process, on free ports of the loopback interface. */
final class EmbeddedServer implements AutoCloseable {

    private final LocalServer server;
    private final CopyOnWriteArrayList<Throwable> faults = new CopyOnWriteArrayList<>();

    EmbeddedServer(Path folder) throws Exception {
        Map<String, Settings.FlagValue> flags = Map.of(
                "listenPort", new Settings.FlagValue("0", "test"),
                "storePathRootDir", new Settings.FlagValue(folder.toString(), "test"),
                "mappedFileSizeCommitLog", new Settings.FlagValue("16m", "test"));
        Settings settings = Settings.of(BrokerOptions.TABLE, ConfigFile.parse("none", ""), Map.of(), flags);
        server = LocalServer.start(
                NameServerConfig.listeningOn(new HostPort("127.0.0.1", 0)),
                BrokerConfig.of(settings, folder),
                (what, cause) -> faults.add(new AssertionError(what, cause)));
        if (!server.broker().awaitRegistration(Duration.ofSeconds(30))) {
            throw new AssertionError("the broker was not registered");
        }
    }

    AgenaConnectionFactory factory(String options) {
        return new AgenaConnectionFactory(
                "agena://" + HostPort.of(server.nameServer().address()) + options);
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
