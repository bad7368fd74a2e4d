// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.server;

import java.nio.file.Path;
import java.util.function.IntFunction;

/**
 * A name server or a broker of a {@link Cluster}. It may be killed, stopped and started again; it keeps its port and its store.
 *
 * <p>Not thread-safe.
 */
public final class ServerProcess {

    private final Distribution distribution;
    private final Path log;
    private final IntFunction<ChildJvm> launch;
    private ChildJvm child;
    private final int port;

    private ServerProcess(Distribution distribution, Path log, IntFunction<ChildJvm> launch, ChildJvm child, int port) {
        this.distribution = distribution;
        this.log = log;
        this.launch = launch;
        this.child = child;
        this.port = port;
    }

    /** Launches it on a free port and waits until it is ready. */
    static ServerProcess start(Distribution distribution, Path log, IntFunction<ChildJvm> launch) {
        ChildJvm child = launch.apply(0);
        return new ServerProcess(distribution, log, launch, child, distribution.awaitReady(child));
    }

    public int port() {
        return port;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    public long pid() {
        return child.pid();
    }

    public boolean isAlive() {
        return child.isAlive();
    }

    /** The file that it logs to. */
    public Path log() {
        return log;
    }

    /** SIGKILL. */
    public void kill() {
        child.kill();
    }

    /** SIGTERM, and waits for the end; returns the exit status. */
    public int stop() {
        return child.stop();
    }

    /** Starts it again on the same port and store, and waits until it is ready. */
    public void restart() {
        child = launch.apply(port);
        distribution.awaitReady(child);
    }

    void close() {
        child.close();
    }
}
