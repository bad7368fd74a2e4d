// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.inprocess;

import io.agenamq.broker.LocalServer;
import io.agenamq.broker.StartException;
import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.ConfigFile;
import io.agenamq.broker.config.Settings;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.remoting.HostPort;
import io.agenamq.tck.server.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Name server and broker in this process, over loopback, with a store under {@code bench/target} that is empty at first and deleted at the end. */
public final class InProcessServer implements AutoCloseable {

    private static final Duration REGISTRATION_TIMEOUT = Duration.ofSeconds(30);

    private final Path directory;
    private final LocalServer server;

    /** Starts it; {@code name} is that of its folder. */
    public InProcessServer(String name) throws IOException, StartException {
        directory = Path.of("bench", "target", name).toAbsolutePath();
        Cluster.empty(directory);
        Files.createDirectories(directory);
        Settings settings = Settings.of(
                BrokerOptions.TABLE,
                ConfigFile.parse("none", ""),
                Map.of(),
                Map.of(
                        "listenPort", new Settings.FlagValue("0", "benchmark"),
                        "storePathRootDir", new Settings.FlagValue(directory.toString(), "benchmark")));
        server = LocalServer.start(
                NameServerConfig.listeningOn(new HostPort("127.0.0.1", 0)),
                BrokerConfig.of(settings, directory),
                (what, cause) -> {
                    throw new IllegalStateException(what, cause);
                });
        try {
            if (!server.broker().awaitRegistration(REGISTRATION_TIMEOUT)) {
                throw new IllegalStateException("the broker was not registered");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** What a connection factory takes; options follow behind a question mark. */
    public String url() {
        return "agena://" + HostPort.of(server.nameServer().address());
    }

    @Override
    public void close() {
        server.close();
        Cluster.empty(directory);
    }
}
