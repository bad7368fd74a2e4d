// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.artemis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/**
 * A server of Apache ActiveMQ Artemis with a journal in files, in this process; everything that is not said is as Artemis has it, except that
 * queues and topics exist when they are used, and that nobody is asked for a password.
 *
 * <p>As a process of its own: {@code ArtemisServer DIRECTORY PORT SYNC}. It says {@code artemis: listening on 127.0.0.1:PORT} when it is ready.
 */
public final class ArtemisServer implements AutoCloseable {

    private final EmbeddedActiveMQ embedded = new EmbeddedActiveMQ();

    /**
     * Starts it.
     *
     * @param acceptors its acceptors, name to URL
     * @param sync whether an answer waits until the journal was forced to the disk ({@code journal-sync-transactional} and
     *     {@code journal-sync-non-transactional}, both true in Artemis by default); otherwise it waits until the journal was written
     */
    public ArtemisServer(Path directory, Map<String, String> acceptors, boolean sync) throws Exception {
        var configuration = new ConfigurationImpl();
        configuration.setName("artemis");
        configuration.setPersistenceEnabled(true);
        configuration.setJournalType(JournalType.NIO);
        configuration.setJournalDirectory(directory.resolve("journal").toString());
        configuration.setBindingsDirectory(directory.resolve("bindings").toString());
        configuration.setLargeMessagesDirectory(directory.resolve("large").toString());
        configuration.setPagingDirectory(directory.resolve("paging").toString());
        configuration.setJournalSyncTransactional(sync);
        configuration.setJournalSyncNonTransactional(sync);
        configuration.setJournalDatasync(sync);
        configuration.setSecurityEnabled(false);
        configuration.setJMXManagementEnabled(false);
        for (Map.Entry<String, String> acceptor : acceptors.entrySet()) {
            configuration.addAcceptorConfiguration(acceptor.getKey(), acceptor.getValue());
        }
        var settings = new AddressSettings();
        settings.setAutoCreateAddresses(true);
        settings.setAutoCreateQueues(true);
        configuration.addAddressSetting("#", settings);
        embedded.setConfiguration(configuration);
        embedded.start();
    }

    @Override
    public void close() throws IOException {
        try {
            embedded.stop();
        } catch (Exception failed) {
            throw new IOException("Artemis does not stop", failed);
        }
    }

    /** Runs until the process is killed. */
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        ArtemisServer server = new ArtemisServer(
                Path.of(arguments[0]), Map.of("tcp", "tcp://127.0.0.1:" + port), arguments[2].equals("sync"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.close();
            } catch (IOException failed) {
                System.err.println("artemis: " + failed);
            }
        }));
        System.out.println("artemis: listening on 127.0.0.1:" + port);
    }
}
