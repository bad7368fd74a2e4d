// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import io.agenamq.remoting.Connection;
import io.agenamq.remoting.ConnectionListener;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.RemotingServer;
import io.agenamq.remoting.RemotingServerConfig;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.FileDisk;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Composition root of a name server: builds its parts, starts to listen, and closes them in reverse. */
public final class NameServer implements Closeable {

    /** One loop serves thousands of clients: each asks for a route every half minute. */
    private static final int IO_THREADS = 1;

    /** Room for the registration of a broker with tens of thousands of topics, in a process that lives in tens of megabytes. */
    private static final long PARTIAL_FRAME_BYTES_MAX = 8L * 1024 * 1024;

    private static final long UNSENT_COPY_BYTES_MAX = 4L * 1024 * 1024;

    private final @Nullable Disk disk;
    private final KeyValueTable items;
    private final HomeFile homeFile;
    private final RemotingServer server;

    private NameServer(NameServerConfig config, LongSupplier nanoTime) throws IOException {
        this.disk = lockedDisk(config.dataDirectory());
        try {
            this.items = KeyValueTable.open(disk);
            this.homeFile = HomeFile.open(disk);
            HomeTable homes = new HomeTable(homeFile, nanoTime);
            RouteTable routes = new RouteTable(config.brokerTimeout(), nanoTime);
            HandlerTable handlers = new HandlerTable();
            new RouteHandlers(routes, homes, items, config).registerIn(handlers);
            new HomeHandlers(homes, routes).registerIn(handlers);
            new ClusterHandlers(routes).registerIn(handlers);
            new KeyValueHandlers(items, config).registerIn(handlers);
            this.server = RemotingServer.start(
                    RemotingServerConfig.listeningOn(config.listen())
                            .withIoThreads(IO_THREADS)
                            .withSharedBytes(PARTIAL_FRAME_BYTES_MAX, UNSENT_COPY_BYTES_MAX),
                    handlers,
                    new ConnectionListener() {
                        @Override
                        public void closed(Connection connection) {
                            routes.connectionClosed(connection);
                        }
                    });
        } catch (IOException | RuntimeException e) {
            if (disk != null) {
                disk.close();
            }
            throw e;
        }
    }

    /**
     * Starts a name server.
     *
     * @throws IOException if it cannot listen, or the data directory cannot be used; the message is for people
     */
    public static NameServer start(NameServerConfig config) throws IOException {
        return new NameServer(config, System::nanoTime);
    }

    /** The same with a clock that a test moves. */
    static NameServer start(NameServerConfig config, LongSupplier nanoTime) throws IOException {
        return new NameServer(config, nanoTime);
    }

    private static @Nullable Disk lockedDisk(@Nullable Path directory) throws IOException {
        if (directory == null) {
            return null;
        }
        Disk disk = FileDisk.at(directory);
        disk.lock();
        return disk;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.address();
    }

    @Override
    public void close() throws IOException {
        server.close();
        homeFile.close();
        items.close();
        if (disk != null) {
            disk.close();
        }
    }
}
