// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import io.agenamq.admin.cli.Terminal;
import io.agenamq.broker.BrokerServer;
import io.agenamq.remoting.HostPort;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A server process from its ready line to its end.
 *
 * <p>SIGTERM and SIGINT start the virtual machine's shutdown, which runs one hook: it closes the server, and then ends the process with status
 * 0, because being asked to stop is no failure (the virtual machine alone would say 143). A second signal finds the shutdown under way and
 * changes nothing. A server that fails to close ends with status 1 and a line.
 */
final class Lifetime {
    /** How long the ready line waits for the first registration; a name server on the same machine takes milliseconds. */
    private static final Duration REGISTRATION_PATIENCE = Duration.ofSeconds(5);

    /** Some warnings come only after a connection attempt has timed out. */
    private static final Duration LATE_WARNINGS = Duration.ofSeconds(5);

    private static final String LOG_DIRECTORY = "agena.logs";

    private final Terminal terminal;
    private final Closeable server;
    private final CountDownLatch forever = new CountDownLatch(1);

    Lifetime(Terminal terminal, Closeable server) {
        this.terminal = terminal;
        this.server = server;
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "agena-stop"));
    }

    /** Says where the server's log goes; must come before the first logger is made, which reads it. */
    static void logInto(Path dataDirectory) {
        if (System.getProperty(LOG_DIRECTORY) == null) {
            System.setProperty(LOG_DIRECTORY, dataDirectory.resolve("logs").toString());
        }
    }

    /** Prints the ready line of a broker and serves until the process is asked to stop; does not return before. */
    int serveBroker(BrokerServer broker) throws InterruptedException {
        List<HostPort> nameServers = broker.config().nameServers();
        String registered = broker.awaitRegistration(REGISTRATION_PATIENCE)
                ? ", registered with " + join(broker.registeredWith())
                : ", not registered yet: no answer from name server " + join(nameServers);
        ready("broker " + broker.name() + " listening on " + HostPort.of(broker.address()) + registered);

        int printed = warn(broker.warnings(), 0);
        if (!forever.await(LATE_WARNINGS.toMillis(), TimeUnit.MILLISECONDS)) {
            warn(broker.warnings(), printed);
        }
        forever.await();
        return 0;
    }

    /** Prints a ready line and serves until the process is asked to stop; does not return before. */
    int serve(String what) throws InterruptedException {
        ready(what);
        forever.await();
        return 0;
    }

    private void ready(String what) {
        terminal.out().println("agena: " + what);
        terminal.out().flush();
    }

    private int warn(List<String> warnings, int from) {
        for (String warning : warnings.subList(from, warnings.size())) {
            terminal.err().println("agena: warning: " + warning);
        }
        return warnings.size();
    }

    private static String join(List<HostPort> addresses) {
        return String.join(", ", addresses.stream().map(HostPort::toString).toList());
    }

    private void stop() {
        int status = 0;
        try {
            server.close();
        } catch (IOException | RuntimeException e) {
            terminal.err().println("agena: the server did not stop cleanly: " + e);
            status = 1;
        }
        terminal.err().flush();
        Runtime.getRuntime().halt(status);
    }
}
