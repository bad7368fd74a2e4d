// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import io.agenamq.provider.client.Credentials;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.embedded.EmbeddedServer;
import io.agenamq.remoting.embedded.EmbeddedServerFactory;
import java.io.IOException;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers that run in this virtual machine, by name: started for the first connection, shared, and stopped after the last one unless a
 * connection said that it stays. Any thread; starting and stopping one keeps those waiting who want the same.
 */
final class EmbeddedServers {

    /** State of the virtual machine, because that is what its connections share. One per class loader that has the provider. */
    static final EmbeddedServers OF_THIS_MACHINE = new EmbeddedServers(EmbeddedServers::factory);

    private final Supplier<@Nullable EmbeddedServerFactory> factory;
    private final Map<String, Shared> servers = new ConcurrentHashMap<>();

    EmbeddedServers(Supplier<@Nullable EmbeddedServerFactory> factory) {
        this.factory = factory;
    }

    /** One name. All guarded by itself. */
    private static final class Shared {
        private @Nullable EmbeddedServer server;
        private @Nullable String data;
        private boolean stays;
        private int users;
    }

    /** The right of one connection to a server that runs. */
    static final class Lease {
        private final Shared shared;
        private final EmbeddedServer server;
        private final AtomicBoolean over = new AtomicBoolean();

        private Lease(Shared shared, EmbeddedServer server) {
            this.shared = shared;
            this.server = server;
        }

        HostPort nameServer() {
            return server.nameServer();
        }

        Credentials credentials() {
            return new Credentials(server.user(), server.password());
        }

        /** The connection is closed. Stops the server if it was the last one; waits for that. */
        void end() {
            if (!over.compareAndSet(false, true)) {
                return;
            }
            synchronized (shared) {
                shared.users--;
                if (shared.users == 0 && !shared.stays) {
                    // First: one that does not end properly must not be taken for one that runs.
                    shared.server = null;
                    server.close();
                }
            }
        }
    }

    /**
     * A server, started if it does not run.
     *
     * @param data its folder; null joins one with any folder, or starts one without
     * @param stays whether it outlives its connections from now on
     * @throws IOException if it cannot be started, or runs with another folder
     */
    Lease join(String name, @Nullable String data, boolean stays) throws IOException {
        Shared shared = servers.computeIfAbsent(name, unused -> new Shared());
        synchronized (shared) {
            EmbeddedServer server = shared.server;
            if (server == null) {
                server = start(name, data);
                shared.server = server;
                shared.data = data;
                shared.stays = false;
            } else if (data != null && !data.equals(shared.data)) {
                throw new IOException("agena:embedded/" + name + " runs "
                        + (shared.data == null ? "without a data folder" : "with data=" + shared.data)
                        + ", so it cannot have data=" + data + "; use another name");
            }
            shared.stays |= stays;
            shared.users++;
            return new Lease(shared, server);
        }
    }

    private EmbeddedServer start(String name, @Nullable String data) throws IOException {
        EmbeddedServerFactory found = factory.get();
        if (found == null) {
            throw new IOException(
                    "agena:embedded needs the broker on the class path: add io.agenamq:agenamq-broker beside the provider");
        }
        // Threads that it makes keep the context class loader of their maker, and must not keep an application that is
        // undeployed.
        Thread starter = Thread.currentThread();
        ClassLoader before = starter.getContextClassLoader();
        starter.setContextClassLoader(found.getClass().getClassLoader());
        try {
            return found.start(name, data);
        } finally {
            starter.setContextClassLoader(before);
        }
    }

    /** From where the provider is, and only then from where the application is: in a server those may be different copies. */
    private static @Nullable EmbeddedServerFactory factory() {
        EmbeddedServerFactory beside = first(EmbeddedServers.class.getClassLoader());
        return beside != null ? beside : first(Thread.currentThread().getContextClassLoader());
    }

    private static @Nullable EmbeddedServerFactory first(@Nullable ClassLoader loader) {
        try {
            return ServiceLoader.load(EmbeddedServerFactory.class, loader)
                    .findFirst()
                    .orElse(null);
        } catch (ServiceConfigurationError ofAnotherCopy) {
            return null;
        }
    }
}
