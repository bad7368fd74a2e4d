// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which server runs: ours, or the reference. A test that the reference passes asks nothing of ours that users of RocketMQ would not
 * expect; that is what the second constant is for ({@code -Dtck.server=reference}).
 */
public enum Distribution {
    AGENA {
        private static final String MAIN_CLASS = "io.agenamq.admin.cli.Agena";

        @Override
        ChildJvm launchNameServer(String name, Path directory, int port) {
            return agena(name, directory)
                    .jvm("-Xms16m", "-Xmx48m", "-XX:MaxDirectMemorySize=32m")
                    .with("nameserver", "--listen", "127.0.0.1:" + port)
                    .with("--data", directory.resolve(name).toString())
                    .start();
        }

        @Override
        ChildJvm launchBroker(BrokerPlan plan, int port) {
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("brokerName", plan.name());
            settings.putAll(plan.settings());
            Path config = plan.directory().resolve("broker.conf");
            write(config, settings);
            return agena(BROKER, plan.directory())
                    .jvm(heap(plan.heap().isEmpty() ? "96m" : plan.heap()))
                    .jvm("-XX:MaxDirectMemorySize=64m")
                    .with("broker", "-n", plan.nameServers(), "-c", config.toString())
                    .with("--listen", "127.0.0.1:" + port)
                    .with("--data", plan.store().toString())
                    .start();
        }

        @Override
        Path log(String name, Path directory) {
            return directory.resolve(name + "-logs").resolve("agena.log");
        }

        /** The virtual machine as {@code bin/agena} sets it up. */
        private ChildJvm.Command agena(String name, Path directory) {
            return new ChildJvm.Command(name, System.getProperty("java.class.path"), MAIN_CLASS)
                    .in(directory)
                    .jvm("-XX:+UseSerialGC", "-Xss512k", "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError")
                    .jvm("-Dlogback.configurationFile=" + Checkout.root().resolve("dist/conf/logback.xml"))
                    .jvm("-Dagena.logs=" + log(name, directory).getParent())
                    .jvm(extraOptions());
        }

        @Override
        Pattern ready() {
            return Pattern.compile("agena: .* listening on (?<address>\\S+:(?<port>\\d+)).*");
        }
    },

    REFERENCE {
        @Override
        ChildJvm launchNameServer(String name, Path directory, int port) {
            Path config = directory.resolve(name + ".conf");
            // Loaded by the name server's own main, which knows no port 0.
            write(config, Map.of("listenPort", String.valueOf(port == 0 ? freePorts() : port)));
            return rocketmq(name, directory, "128m", "org.apache.rocketmq.namesrv.NamesrvStartup")
                    .with("-c", config.toString())
                    .start();
        }

        @Override
        ChildJvm launchBroker(BrokerPlan plan, int port) {
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("brokerName", plan.name());
            settings.put("brokerIP1", "127.0.0.1");
            settings.put("listenPort", String.valueOf(port == 0 ? freePorts() : port));
            settings.put("namesrvAddr", plan.nameServers());
            settings.put("storePathRootDir", plan.store().toString());
            settings.put("timerWheelEnable", "false");
            // It refuses sends that wait 200 ms, which on a busy build machine they do.
            settings.put("waitTimeMillsInSendQueue", "10000");
            // A topic created on two brokers at once is sometimes registered by one of them only, until the next full
            // registration.
            settings.put("registerNameServerPeriod", "10000");
            settings.putAll(plan.settings());
            Path config = plan.directory().resolve("broker.conf");
            write(config, settings);
            String heap = plan.heap().isEmpty() ? "256m" : plan.heap();
            return rocketmq(BROKER, plan.directory(), heap, "org.apache.rocketmq.broker.BrokerStartup")
                    .with("-c", config.toString())
                    .start();
        }

        @Override
        Path log(String name, Path directory) {
            String file = name.equals(BROKER) ? "broker.log" : "namesrv.log";
            return directory.resolve("logs/rocketmqlogs").resolve(file);
        }

        private ChildJvm.Command rocketmq(String name, Path directory, String heap, String mainClass) {
            return new ChildJvm.Command(name, Checkout.classPath("tck-tests/reference"), mainClass)
                    .in(directory)
                    .environment("ROCKETMQ_HOME", directory.toString())
                    .jvm(heap(heap))
                    .jvm("-Duser.home=" + directory)
                    .jvm("--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED")
                    .jvm("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED")
                    .jvm("--add-opens=java.base/java.nio=ALL-UNNAMED")
                    .jvm("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED")
                    .jvm(extraOptions());
        }

        @Override
        Pattern ready() {
            return Pattern.compile("The Name Server boot success\\..* address (?<address>\\S+:(?<port>\\d+))"
                    + "|The broker\\[.*, (?<brokeraddress>\\S+:(?<brokerport>\\d+))] boot success\\..*");
        }
    };

    /** What the process of a broker is called in its directory. */
    static final String BROKER = "broker";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    /** What a broker is started with. The store survives restarts. An empty heap size means the distribution's own. */
    record BrokerPlan(String name, Path directory, String nameServers, String heap, Map<String, String> settings) {
        Path store() {
            return directory.resolve("store");
        }
    }

    abstract ChildJvm launchNameServer(String name, Path directory, int port);

    abstract ChildJvm launchBroker(BrokerPlan plan, int port);

    abstract Pattern ready();

    /** Where the process {@code name} logs that was launched in {@code directory}. */
    abstract Path log(String name, Path directory);

    /** The one chosen by {@code -Dtck.server}; ours by default. */
    public static Distribution chosen() {
        return valueOf(System.getProperty("tck.server", "agena").toUpperCase(Locale.ROOT));
    }

    /** Waits until it says that it is ready; returns its port. */
    int awaitReady(ChildJvm child) {
        String line = child.awaitLine(text -> ready().matcher(text).matches(), START_TIMEOUT);
        Matcher matcher = ready().matcher(line);
        if (!matcher.matches()) {
            throw new AssertionError(line);
        }
        String port = matcher.group("port");
        return Integer.parseInt(port != null || this == AGENA ? port : matcher.group("brokerport"));
    }

    private static String[] heap(String size) {
        return new String[] {"-Xms" + size, "-Xmx" + size};
    }

    /** Options for every server, {@code -Dtck.server.jvm='…'}: a profiler, a garbage collector. */
    private static String[] extraOptions() {
        String options = System.getProperty("tck.server.jvm", "").strip();
        return options.isEmpty() ? new String[0] : options.split(" +");
    }

    private static void write(Path config, Map<String, String> settings) {
        List<String> lines = new ArrayList<>();
        settings.forEach((key, value) -> lines.add(key + "=" + value));
        try {
            Files.createDirectories(config.getParent());
            Files.write(config, lines);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The reference also takes the ports two below and one above the one it is given. */
    private static int freePorts() {
        for (int attempt = 0; attempt < 100; attempt++) {
            List<ServerSocket> sockets = new ArrayList<>();
            try {
                var first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(first);
                for (int near : new int[] {-2, 1}) {
                    sockets.add(new ServerSocket(first.getLocalPort() + near, 1, InetAddress.getLoopbackAddress()));
                }
                return first.getLocalPort();
            } catch (IOException taken) {
                // another attempt
            } finally {
                for (ServerSocket socket : sockets) {
                    try {
                        socket.close();
                    } catch (IOException ignored) {
                        // it was only held to see that it is free
                    }
                }
            }
        }
        throw new IllegalStateException("no free ports");
    }
}
