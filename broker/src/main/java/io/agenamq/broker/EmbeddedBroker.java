// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.broker.access.PasswordHash;
import io.agenamq.broker.access.UserDirectory;
import io.agenamq.broker.access.UserFile;
import io.agenamq.broker.config.AnonymousAccess;
import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.Option;
import io.agenamq.broker.config.Settings;
import io.agenamq.broker.config.Settings.FlagValue;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.protocol.FaultHandler;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.embedded.EmbeddedServer;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.FileDisk;
import io.agenamq.store.disk.TemporaryDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Name server and broker in the virtual machine of their clients: a composition root.
 *
 * <p>It listens on free ports of the loopback interface and serves only connections that log in. Its clients in this virtual machine have a
 * password that was made for it alone, so that other processes of the machine see a port and can do nothing with it; users of the data folder
 * can log in as with any broker. {@code docs/adr/0011-an-embedded-broker-has-a-port.md} says why there is a port.
 *
 * <p>Without a data folder, messages are in a temporary one that goes with the broker, or with the process.
 */
final class EmbeddedBroker implements EmbeddedServer {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

    private static final String USER = "embedded";
    private static final int PASSWORD_BYTES = 32;
    private static final Duration REGISTRATION_TIMEOUT = Duration.ofSeconds(30);

    private final String name;
    private final LocalServer server;
    private final String password;
    private final @Nullable Thread deletion;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedBroker(String name, LocalServer server, String password, @Nullable Thread deletion) {
        this.name = name;
        this.server = server;
        this.password = password;
        this.deletion = deletion;
    }

    static EmbeddedBroker start(String name, @Nullable String data) throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] secret = new byte[PASSWORD_BYTES];
        random.nextBytes(secret);
        String password = Base64.getEncoder().encodeToString(secret);
        // One round: nobody guesses a random number of 256 bits, however fast.
        PasswordHash hash = PasswordHash.of(password.toCharArray(), 1, random);

        TemporaryDisk temporary =
                data == null ? TemporaryDisk.make(InstantSource.system().instant()) : null;
        Path folder = temporary == null ? Path.of(String.valueOf(data)).toAbsolutePath() : temporary.root();
        boolean started = false;
        try {
            BrokerConfig config = BrokerConfig.of(settings(folder, temporary != null), folder);
            Disk disk = temporary == null ? FileDisk.at(folder) : temporary;
            LocalServer server = LocalServer.start(
                    NameServerConfig.listeningOn(config.listen()),
                    config,
                    broker -> BrokerServer.start(
                            broker, () -> disk, () -> UserDirectory.of(UserFile.in(folder), USER, hash), faults(name)));
            started = true;
            awaitRegistration(server);
            LOG.info("embedded broker '{}' runs, with its data in {}", name, folder);
            return new EmbeddedBroker(name, server, password, temporary == null ? null : deleteAtExit(temporary));
        } catch (StartException refused) {
            throw new IOException(refused.getMessage(), refused);
        } finally {
            if (!started && temporary != null) {
                temporary.delete();
            }
        }
    }

    private static Settings settings(Path folder, boolean temporary) {
        Map<String, FlagValue> flags = new HashMap<>();
        set(flags, BrokerOptions.LISTEN_PORT, "0");
        set(flags, BrokerOptions.BIND_ADDRESS, "127.0.0.1");
        set(flags, BrokerOptions.DATA, folder.toString());
        set(flags, BrokerOptions.ANONYMOUS_ACCESS, AnonymousAccess.NONE.name());
        set(flags, BrokerOptions.IO_THREADS, "2");
        if (temporary) {
            // Small, because it is made for tests that run for seconds; and a disk that others have filled is no reason
            // to refuse.
            set(flags, BrokerOptions.SEGMENT_BYTES, "16m");
            set(flags, BrokerOptions.DISK_CLEAN_PERCENT, "95");
            set(flags, BrokerOptions.DISK_FORCE_PERCENT, "98");
            set(flags, BrokerOptions.DISK_FULL_PERCENT, "99");
        }
        return Settings.of(BrokerOptions.TABLE, null, Map.of(), flags);
    }

    private static void set(Map<String, FlagValue> flags, Option<?> option, String value) {
        flags.put(option.name(), new FlagValue(value, "embedded"));
    }

    private static void awaitRegistration(LocalServer server) throws IOException {
        try {
            if (server.broker().awaitRegistration(REGISTRATION_TIMEOUT)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        server.close();
        throw new IOException("the embedded broker could not be registered with its own name server");
    }

    /** A bug must not end the process of somebody else; what was not acknowledged is not stored, and everything is in the log. */
    private static FaultHandler faults(String name) {
        return (what, cause) -> LOG.error("embedded broker '{}' found a bug in itself: {}", name, what, cause);
    }

    /** The process may end without a word: nobody needs the folder then, and the broker may still be serving while others close down. */
    private static Thread deleteAtExit(TemporaryDisk disk) {
        Thread deletion = new Thread(
                () -> {
                    try {
                        disk.delete();
                    } catch (IOException left) {
                        LOG.debug("{} is left to the next one to sweep", disk, left);
                    }
                },
                "agena-embedded-exit");
        Runtime.getRuntime().addShutdownHook(deletion);
        return deletion;
    }

    @Override
    public HostPort nameServer() {
        return HostPort.of(server.nameServer().address());
    }

    @Override
    public String user() {
        return USER;
    }

    @Override
    public String password() {
        return password;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        server.close();
        if (deletion != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(deletion);
            } catch (IllegalStateException ending) {
                LOG.debug("the process ends anyway", ending);
            }
        }
        LOG.info("embedded broker '{}' has stopped", name);
    }

    @Override
    public String toString() {
        return "embedded broker '" + name + "'";
    }
}
