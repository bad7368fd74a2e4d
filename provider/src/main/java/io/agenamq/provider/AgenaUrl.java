// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import io.agenamq.provider.message.TrustedClasses;
import io.agenamq.remoting.HostPort;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parsed {@code agena://host:port,host2:port?option=value&…}: the addresses of the name servers and the options. Immutable.
 *
 * <p>Options are declared once, in {@link Option}. An option that does not exist, and a value that cannot be, are errors that say what is
 * nearest or allowed.
 */
final class AgenaUrl {

    private static final String SCHEME = "agena://";
    private static final int DEFAULT_PORT = 9876;

    /** What can be said behind the question mark. */
    enum Option {
        /** Client identifier of the connections. */
        CLIENT_ID("clientId", "") {
            @Override
            void check(String value) {}
        },
        /** Messages that a consumer may have waiting in the client; 0 fetches each when it is asked for. */
        PREFETCH("prefetch", "128") {
            @Override
            void check(String value) {
                integer(value, 0, 1_000_000);
            }
        },
        /** The same in bytes. */
        PREFETCH_BYTES("prefetchBytes", "4194304") {
            @Override
            void check(String value) {
                integer(value, 1, Integer.MAX_VALUE);
            }
        },
        /** What messages of native producers are: bytes or text. */
        NATIVE_MESSAGES("nativeMessages", "bytes") {
            @Override
            void check(String value) {
                if (!value.equals("bytes") && !value.equals("text")) {
                    throw new IllegalArgumentException("it is 'bytes' or 'text'");
                }
            }
        },
        /** Packages and classes, separated by commas, of which the objects of object messages may be, besides plain data of the JDK. */
        TRUSTED_PACKAGES(TrustedClasses.OPTION, "") {
            @Override
            void check(String value) {
                TrustedClasses.of(value);
            }
        },
        /** Milliseconds for one connection attempt. */
        CONNECT_TIMEOUT("connectTimeout", "3000") {
            @Override
            void check(String value) {
                integer(value, 1, 3_600_000);
            }
        },
        /** Milliseconds that a broker has for one answer. */
        REQUEST_TIMEOUT("requestTimeout", "30000") {
            @Override
            void check(String value) {
                integer(value, 1, 3_600_000);
            }
        },
        /**
         * Milliseconds for which a connection that was lost is tried again before the connection's exception listener is told; sends, and
         * whatever else needs the broker, wait as long. 0 tries nothing again.
         */
        RECONNECT_TIMEOUT("reconnectTimeout", "60000") {
            @Override
            void check(String value) {
                integer(value, 0, Integer.MAX_VALUE);
            }
        };

        final String key;
        final String dflt;

        Option(String key, String dflt) {
            this.key = key;
            this.dflt = dflt;
        }

        /** Throws if {@code value} cannot be, saying what can. */
        abstract void check(String value);

        private static void integer(String value, int min, int max) {
            try {
                int number = Integer.parseInt(value);
                if (number >= min && number <= max) {
                    return;
                }
            } catch (NumberFormatException notANumber) {
                // Said below.
            }
            throw new IllegalArgumentException("it is a number from " + min + " to " + max);
        }
    }

    private final List<HostPort> nameServers;
    private final Map<Option, String> options = new EnumMap<>(Option.class);

    private AgenaUrl(List<HostPort> nameServers) {
        this.nameServers = List.copyOf(nameServers);
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException with one line that names the part that is wrong and what to write instead
     */
    static AgenaUrl parse(String url) {
        if (!url.startsWith(SCHEME)) {
            throw new IllegalArgumentException("'" + url + "' does not begin with " + SCHEME
                    + "; write agena://host:port,host2:port?option=value");
        }
        String rest = url.substring(SCHEME.length());
        int question = rest.indexOf('?');
        String hosts = question < 0 ? rest : rest.substring(0, question);
        AgenaUrl parsed =
                new AgenaUrl(parseHosts(url, hosts.endsWith("/") ? hosts.substring(0, hosts.length() - 1) : hosts));
        if (question >= 0) {
            for (String pair : rest.substring(question + 1).split("&")) {
                if (!pair.isEmpty()) {
                    parsed.addOption(pair);
                }
            }
        }
        return parsed;
    }

    private static List<HostPort> parseHosts(String url, String hosts) {
        List<HostPort> parsed = new ArrayList<>();
        for (String host : hosts.split("[,;]")) {
            if (host.isBlank()) {
                continue;
            }
            boolean hasPort = host.lastIndexOf(':') > host.lastIndexOf(']');
            parsed.add(parseHost(hasPort ? host : host.strip() + ":" + DEFAULT_PORT));
        }
        if (parsed.isEmpty()) {
            throw new IllegalArgumentException("'" + url + "' names no name server; write agena://host:port");
        }
        return parsed;
    }

    private static HostPort parseHost(String host) {
        try {
            HostPort parsed = HostPort.parse(host);
            if (parsed.port() > 0) {
                return parsed;
            }
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "'" + host + "' is not the address of a name server: " + wrong.getMessage(), wrong);
        }
        throw new IllegalArgumentException(
                "'" + host + "' is not the address of a name server: nobody listens on port 0");
    }

    private void addOption(String pair) {
        int equals = pair.indexOf('=');
        String key = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        for (Option option : Option.values()) {
            if (option.key.equals(key)) {
                try {
                    option.check(value);
                } catch (IllegalArgumentException wrong) {
                    throw new IllegalArgumentException(
                            "option " + key + " cannot be '" + value + "': " + wrong.getMessage(), wrong);
                }
                if (options.put(option, value) != null) {
                    throw new IllegalArgumentException("option " + key + " is given twice");
                }
                return;
            }
        }
        throw new IllegalArgumentException("there is no option '" + key + "'; did you mean " + nearest(key) + "?");
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("'" + text + "' is not URL-encoded; write % as %25", malformed);
        }
    }

    /** The option whose key takes the fewest changes to become {@code key}, or begins with it. */
    private static String nearest(String key) {
        String best = "";
        int fewest = Integer.MAX_VALUE;
        for (Option option : Option.values()) {
            String asked = key.toLowerCase(Locale.ROOT);
            String there = option.key.toLowerCase(Locale.ROOT);
            int changes = there.startsWith(asked) ? 1 : changes(asked, there);
            if (changes < fewest) {
                fewest = changes;
                best = option.key;
            }
        }
        return best;
    }

    /** Levenshtein's distance. */
    private static int changes(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }

    List<HostPort> nameServers() {
        return nameServers;
    }

    String text(Option option) {
        return options.getOrDefault(option, option.dflt);
    }

    /** The text of an option, null where it is empty. */
    @Nullable
    String textOrNull(Option option) {
        String text = text(option);
        return text.isEmpty() ? null : text;
    }

    int integer(Option option) {
        return Integer.parseInt(text(option));
    }

    Duration millis(Option option) {
        return Duration.ofMillis(integer(option));
    }
}
