// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.nameserver.NameServer;
import io.agenamq.nameserver.NameServerConfig;
import io.agenamq.protocol.FaultHandler;
import io.agenamq.remoting.HostPort;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Name server and broker in one process: what one machine needs. The broker registers with the name server beside it, and with no other. */
public final class LocalServer implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);

    private final NameServer nameServer;
    private final BrokerServer broker;

    private LocalServer(NameServer nameServer, BrokerServer broker) {
        this.nameServer = nameServer;
        this.broker = broker;
    }

    /** Starts the name server, then the broker; on failure neither is left running. */
    public static LocalServer start(NameServerConfig nameServerConfig, BrokerConfig brokerConfig, FaultHandler faults)
            throws StartException {
        return start(nameServerConfig, brokerConfig, broker -> BrokerServer.start(broker, faults));
    }

    /** Starts a broker of the caller's choice. */
    @FunctionalInterface
    interface BrokerStart {
        BrokerServer start(BrokerConfig config) throws StartException;
    }

    static LocalServer start(NameServerConfig nameServerConfig, BrokerConfig brokerConfig, BrokerStart brokerStart)
            throws StartException {
        NameServer nameServer;
        try {
            nameServer = NameServer.start(nameServerConfig);
        } catch (IOException failed) {
            throw new StartException("cannot start the name server: " + failed.getMessage(), failed);
        }
        boolean started = false;
        try {
            List<HostPort> known = List.of(HostPort.of(reachable(nameServer.address())));
            BrokerServer broker = brokerStart.start(brokerConfig.withNameServers(known));
            started = true;
            return new LocalServer(nameServer, broker);
        } finally {
            if (!started) {
                close(nameServer);
            }
        }
    }

    private static InetSocketAddress reachable(InetSocketAddress listening) {
        return listening.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), listening.getPort())
                : listening;
    }

    /** The name server. */
    public NameServer nameServer() {
        return nameServer;
    }

    /** The broker. */
    public BrokerServer broker() {
        return broker;
    }

    /** Stops the broker, then the name server. */
    @Override
    public void close() {
        broker.close();
        close(nameServer);
    }

    private static void close(NameServer nameServer) {
        try {
            nameServer.close();
        } catch (IOException failed) {
            LOG.warn("while stopping the name server: {}", failed.toString(), failed);
        }
    }
}
