// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Name servers and brokers, each a process on a free loopback port, with their stores under one directory.
 *
 * <pre>
 *   try (var cluster = Cluster.of(Distribution.chosen()).nameServers(2).broker("broker-a").start(directory)) {
 *       cluster.nameServers();        // 127.0.0.1:40001;127.0.0.1:40002
 *       cluster.broker("broker-a").kill();
 *   }
 * </pre>
 *
 * Not thread-safe. Closing kills what still runs; the directory stays for the reader of a failed test and is emptied by the next start.
 */
public final class Cluster implements AutoCloseable {

    private final List<ServerProcess> nameServers;
    private final Map<String, ServerProcess> brokers;

    /** Of the brokers; each of them reads these when it starts. */
    private final Map<String, String> settings;

    private Cluster(List<ServerProcess> nameServers, Map<String, ServerProcess> brokers, Map<String, String> settings) {
        this.nameServers = nameServers;
        this.brokers = brokers;
        this.settings = settings;
    }

    public static Plan of(Distribution distribution) {
        return new Plan(distribution);
    }

    /** What to start. */
    public static final class Plan {
        private final Distribution distribution;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<String> brokerNames = new ArrayList<>();
        private int nameServerCount = 1;
        private String heap = "";

        private Plan(Distribution distribution) {
            this.distribution = distribution;
            // Small segments: a test writes little, and the disk is shared.
            settings.put("mappedFileSizeCommitLog", String.valueOf(16 * 1024 * 1024));
            settings.put("enablePropertyFilter", "true");
        }

        public Plan nameServers(int count) {
            nameServerCount = count;
            return this;
        }

        public Plan broker(String name) {
            brokerNames.add(name);
            return this;
        }

        /** A setting of every broker, in RocketMQ's spelling. */
        public Plan with(String key, String value) {
            settings.put(key, value);
            return this;
        }

        /** Forgets the settings that are good for tests: what follows runs as it is distributed. */
        public Plan asDistributed() {
            settings.clear();
            return this;
        }

        /** Heap of every broker, as in {@code -Xmx}; otherwise as its distribution has it. */
        public Plan heap(String size) {
            heap = size;
            return this;
        }

        public Cluster start(Path directory) {
            empty(directory);
            var cluster = new Cluster(new ArrayList<>(), new LinkedHashMap<>(), new LinkedHashMap<>(settings));
            try {
                for (int i = 0; i < nameServerCount; i++) {
                    String name = "nameserver-" + i;
                    cluster.nameServers.add(ServerProcess.start(
                            distribution,
                            distribution.log(name, directory),
                            port -> distribution.launchNameServer(name, directory, port)));
                }
                for (String name : brokerNames) {
                    var plan = new Distribution.BrokerPlan(
                            name, directory.resolve(name), cluster.nameServers(), heap, cluster.settings);
                    cluster.brokers.put(
                            name,
                            ServerProcess.start(
                                    distribution,
                                    distribution.log(Distribution.BROKER, plan.directory()),
                                    port -> distribution.launchBroker(plan, port)));
                }
                return cluster;
            } catch (RuntimeException failed) {
                cluster.close();
                throw failed;
            }
        }
    }

    /** Deletes a directory with everything in it, if it exists. */
    public static void empty(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted((a, b) -> b.compareTo(a)).collect(Collectors.toList())) {
                Files.delete(path);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** All name servers, as clients want them: {@code host:port;host:port}. */
    public String nameServers() {
        return nameServers.stream().map(ServerProcess::address).collect(Collectors.joining(";"));
    }

    /** A setting that every broker has from its next start on. */
    public Cluster with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    public ServerProcess nameServer(int index) {
        return nameServers.get(index);
    }

    public ServerProcess broker(String name) {
        ServerProcess broker = brokers.get(name);
        if (broker == null) {
            throw new NoSuchElementException("no broker '" + name + "', only " + brokers.keySet());
        }
        return broker;
    }

    /** The only broker, or the first. */
    public ServerProcess broker() {
        return brokers.values().iterator().next();
    }

    @Override
    public void close() {
        brokers.values().forEach(ServerProcess::close);
        nameServers.forEach(ServerProcess::close);
    }
}
