// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import io.agenamq.admin.cli.CliFailure;
import io.agenamq.admin.cli.Terminal;
import io.agenamq.broker.config.BrokerConfig;
import io.agenamq.broker.config.BrokerOptions;
import io.agenamq.broker.config.ConfigException;
import io.agenamq.broker.config.ConfigFile;
import io.agenamq.broker.config.Option;
import io.agenamq.broker.config.Settings;
import io.agenamq.broker.config.Settings.FlagValue;
import io.agenamq.remoting.HostPort;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The options that {@code agena start} and {@code agena broker} have in common, and how they become a configuration. */
final class BrokerFlags {
    /** Variables that begin like an option's but belong to the launcher or the clients. */
    private static final Set<String> NOT_OPTIONS = Set.of(
            "AGENA_HOME",
            "AGENA_BUILT",
            "AGENA_DEBUG",
            "AGENA_JAVA_OPTS",
            "AGENA_LOG_LEVEL",
            "AGENA_USER",
            "AGENA_PASSWORD");

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @picocli.CommandLine.Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "A configuration file with RocketMQ's keys; docs/options.md lists them.")
    private @Nullable Path file;

    @picocli.CommandLine.Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where the broker listens; port 0 picks a free one (default: 127.0.0.1:10911).")
    private @Nullable String listen;

    @picocli.CommandLine.Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where messages and logs are kept (default: ~/agena/store).")
    private @Nullable Path data;

    /**
     * The configuration: defaults, file, environment and flags, in rising precedence.
     *
     * @param more flags of one command only, by option name
     * @throws CliFailure with the line that names the mistake and where it is
     */
    BrokerConfig config(Terminal terminal, Map<String, FlagValue> more) {
        Map<String, FlagValue> flags = new HashMap<>(more);
        if (listen != null) {
            HostPort address = Addresses.parse(spec, "--listen", listen);
            put(flags, BrokerOptions.BIND_ADDRESS, address.host(), "--listen");
            put(flags, BrokerOptions.LISTEN_PORT, Integer.toString(address.port()), "--listen");
        }
        return config(terminal, file, data, flags);
    }

    /** The same from what flags said. */
    static BrokerConfig config(
            Terminal terminal, @Nullable Path file, @Nullable Path data, Map<String, FlagValue> more) {
        Map<String, FlagValue> flags = new HashMap<>(more);
        if (data != null) {
            put(flags, BrokerOptions.DATA, data.toAbsolutePath().toString(), "--data");
        }
        Map<String, String> environment = new HashMap<>(terminal.environment());
        environment.keySet().removeAll(NOT_OPTIONS);
        try {
            ConfigFile read = file == null ? null : ConfigFile.read(file);
            Settings settings = Settings.of(BrokerOptions.TABLE, read, environment, flags);
            BrokerConfig config = BrokerConfig.of(settings, Path.of(System.getProperty("user.home")));
            if (!settings.ignoredKeys().isEmpty()) {
                terminal.err()
                        .println("agena: these keys of RocketMQ have no effect here: "
                                + String.join(", ", settings.ignoredKeys()));
            }
            return config;
        } catch (ConfigException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        }
    }

    static void put(Map<String, FlagValue> flags, Option<?> option, String value, String flag) {
        flags.put(option.name(), new FlagValue(value, flag));
    }
}
