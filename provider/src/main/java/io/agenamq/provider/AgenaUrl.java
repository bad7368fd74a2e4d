// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import io.agenamq.provider.message.TrustedClasses;
import io.agenamq.remoting.HostPort;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parsed {@code agena://host:port,host2:port?option=value&…} or {@code agena:embedded/NAME?…}: where the cluster is, and the options. Immutable; equal if it
 * says the same. Prints no password.
 *
 * <p>Options are declared once, in {@link Option}; {@code docs/url-options.md} is generated from there. An option that does not exist, and a
 * value that cannot be, are errors that say what is nearest or allowed.
 */
final class AgenaUrl {

    private static final String SCHEME = "agena://";
    private static final int DEFAULT_PORT = 9876;

    private static final String EMBEDDED = "agena:embedded";
    private static final String EMBEDDED_DEFAULT_NAME = "default";
    private static final Pattern EMBEDDED_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /**
     * What can be said behind the question mark. {@link AgenaConnectionFactory} has a property of the same name for each.
     */
    enum Option {
        USER("user", "", Check.ANY, "who connects, where the application does not say it itself"),
        PASSWORD("password", "", Check.ANY, "the password of `user`"),
        CLIENT_ID("clientId", "", Check.ANY, "client identifier of the connections"),
        PREFETCH(
                "prefetch",
                "128",
                Check.integer(0, 1_000_000),
                "messages that a consumer may have waiting in the client; 0: none, each is fetched while somebody waits for it"),
        PREFETCH_BYTES("prefetchBytes", "4194304", Check.integer(1, Integer.MAX_VALUE), "the same in bytes"),
        NATIVE_MESSAGES(
                "nativeMessages", "bytes", Check.oneOf("bytes", "text"), "what messages of native producers are"),
        TRUSTED_PACKAGES(
                TrustedClasses.OPTION,
                "",
                new Check("packages and classes, separated by commas", TrustedClasses::of),
                "what the objects of object messages may be, besides plain data of the JDK"),
        DURABILITY(
                "durability",
                "disk",
                Check.oneOf("disk", "process"),
                "what persistent messages, acknowledgements and commits survive when they are answered: a loss of"
                        + " power of the broker's machine, or the end of the broker's process"),
        CONNECT_TIMEOUT(
                "connectTimeout", "3000", Check.integer(1, 3_600_000), "milliseconds for one attempt to connect"),
        REQUEST_TIMEOUT(
                "requestTimeout",
                "30000",
                Check.integer(1, 3_600_000),
                "milliseconds that a broker has for one answer; closing waits as long for acknowledgements and asynchronous sends while "
                        + "there is no connection"),
        RECONNECT_TIMEOUT(
                "reconnectTimeout",
                "60000",
                Check.integer(0, Integer.MAX_VALUE),
                "milliseconds for which a connection that was lost is tried again before the exception listener is told; sends, and "
                        + "whatever else needs the broker, wait as long; 0 tries nothing again"),
        JOIN_BRANCHES(
                "joinBranches",
                "true",
                Check.oneOf("true", "false"),
                "XA only: whether `XAResource.isSameRM` is true between connections of one user to one cluster, so that the transaction "
                        + "manager lets them work in one branch"),
        DATA(
                "data",
                "",
                Check.ANY,
                "`agena:embedded` only: the folder of the broker's data; without it nothing outlives the broker"),
        STAY(
                "stay",
                "false",
                Check.oneOf("false", "true"),
                "`agena:embedded` only: whether the broker runs on when its last connection is closed, until the process ends");

        final String key;
        final String dflt;
        final String sentence;

        @SuppressWarnings("ImmutableEnumChecker") // checks have no state
        private final Check check;

        Option(String key, String dflt, Check check, String sentence) {
            this.key = key;
            this.dflt = dflt;
            this.check = check;
            this.sentence = sentence;
        }

        /** What it may be, for people. */
        String allowed() {
            return check.allowed();
        }

        /** Throws if {@code value} cannot be, saying what can. */
        void check(String value) {
            check.test().accept(value);
        }

        boolean isForEmbeddedOnly() {
            return this == DATA || this == STAY;
        }

        boolean isSecret() {
            return this == PASSWORD;
        }
    }

    /**
     * What a value may be.
     *
     * @param allowed for the documentation
     * @param test throws if a value cannot be, saying what can
     */
    private record Check(String allowed, Consumer<String> test) {

        static final Check ANY = new Check("any text", value -> {});

        static Check integer(int min, int max) {
            return new Check(min + " to " + max, value -> {
                try {
                    int number = Integer.parseInt(value);
                    if (number >= min && number <= max) {
                        return;
                    }
                } catch (NumberFormatException notANumber) {
                    // Said below.
                }
                throw new IllegalArgumentException("it is a number from " + min + " to " + max);
            });
        }

        static Check oneOf(String one, String other) {
            return new Check("`" + one + "` or `" + other + "`", value -> {
                if (!value.equals(one) && !value.equals(other)) {
                    throw new IllegalArgumentException("it is '" + one + "' or '" + other + "'");
                }
            });
        }
    }

    /** What stands before the question mark. */
    private final String address;

    private final List<HostPort> nameServers;
    private final Map<Option, String> options;

    private AgenaUrl(String address, List<HostPort> nameServers, Map<Option, String> options) {
        this.address = address;
        this.nameServers = List.copyOf(nameServers);
        this.options = options;
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException with one line that names the part that is wrong and what to write instead
     */
    static AgenaUrl parse(String url) {
        int question = url.indexOf('?');
        String address = question < 0 ? url : url.substring(0, question);
        List<HostPort> nameServers = isEmbedded(address) ? List.of() : parseAddress(address);
        if (nameServers.isEmpty()) {
            embeddedName(address);
        }
        Map<Option, String> options = new EnumMap<>(Option.class);
        if (question >= 0) {
            for (String pair : url.substring(question + 1).split("&")) {
                if (!pair.isEmpty()) {
                    addOption(pair, options);
                }
            }
        }
        return new AgenaUrl(address, nameServers, options);
    }

    /** Throws if this says something that makes no sense as a whole; each part was checked when it was said. */
    void check() {
        if (!text(Option.PASSWORD).isEmpty() && text(Option.USER).isEmpty()) {
            throw new IllegalArgumentException("option password needs option user");
        }
        for (Option option : options.keySet()) {
            if (option.isForEmbeddedOnly()
                    && embedded() == null
                    && !text(option).equals(option.dflt)) {
                throw new IllegalArgumentException(
                        "option " + option.key + " is for agena:embedded; a broker elsewhere is configured there");
            }
        }
    }

    private static boolean isEmbedded(String address) {
        return address.equals(EMBEDDED) || address.startsWith(EMBEDDED + "/");
    }

    private static String embeddedName(String address) {
        if (address.equals(EMBEDDED)) {
            return EMBEDDED_DEFAULT_NAME;
        }
        String name = address.substring(EMBEDDED.length() + 1);
        if (!EMBEDDED_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name
                            + "' cannot name an embedded broker: write agena:embedded/NAME, with 1 to 64 letters, digits and . _ -");
        }
        return name;
    }

    /** The name of the broker in this virtual machine; null if it is elsewhere. */
    @Nullable
    String embedded() {
        return isEmbedded(address) ? embeddedName(address) : null;
    }

    private static List<HostPort> parseAddress(String address) {
        if (!address.startsWith(SCHEME)) {
            throw new IllegalArgumentException("'" + address + "' does not begin with " + SCHEME
                    + "; write agena://host:port,host2:port?option=value, or agena:embedded");
        }
        String hosts = address.substring(SCHEME.length());
        return parseHosts(address, hosts.endsWith("/") ? hosts.substring(0, hosts.length() - 1) : hosts);
    }

    private static List<HostPort> parseHosts(String address, String hosts) {
        List<HostPort> parsed = new ArrayList<>();
        for (String host : hosts.split("[,;]")) {
            if (host.isBlank()) {
                continue;
            }
            boolean hasPort = host.lastIndexOf(':') > host.lastIndexOf(']');
            parsed.add(parseHost(hasPort ? host : host.strip() + ":" + DEFAULT_PORT));
        }
        if (parsed.isEmpty()) {
            throw new IllegalArgumentException("'" + address + "' names no name server; write agena://host:port");
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

    private static void addOption(String pair, Map<Option, String> options) {
        int equals = pair.indexOf('=');
        String said = equals < 0 ? pair : pair.substring(0, equals);
        String key = decode(said, said);
        Option option = find(key);
        if (option == null) {
            throw new IllegalArgumentException("there is no option '" + key + "'; did you mean " + nearest(key) + "?");
        }
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        if (options.put(option, checked(option, decode(value, option.isSecret() ? "the " + key : value))) != null) {
            throw new IllegalArgumentException("option " + key + " is given twice");
        }
    }

    private static @Nullable Option find(String key) {
        for (Option option : Option.values()) {
            if (option.key.equals(key)) {
                return option;
            }
        }
        return null;
    }

    private static String checked(Option option, String value) {
        try {
            option.check(value);
            return value;
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "option " + option.key + " cannot be '" + value + "': " + wrong.getMessage(), wrong);
        }
    }

    /**
     * The same with another value of an option.
     *
     * @throws IllegalArgumentException if it cannot be
     */
    AgenaUrl with(Option option, String value) {
        Map<Option, String> changed = new EnumMap<>(Option.class);
        changed.putAll(options);
        changed.put(option, checked(option, value));
        return new AgenaUrl(address, nameServers, changed);
    }

    /** As it is written, with the options that differ from their defaults, in their order. */
    String text() {
        return text(option -> URLEncoder.encode(text(option), StandardCharsets.UTF_8));
    }

    private String text(Function<Option, String> value) {
        StringBuilder text = new StringBuilder(address);
        char before = '?';
        for (Option option : Option.values()) {
            if (!text(option).equals(option.dflt)) {
                text.append(before).append(option.key).append('=').append(value.apply(option));
                before = '&';
            }
        }
        return text.toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AgenaUrl that && text().equals(that.text());
    }

    @Override
    public int hashCode() {
        return text().hashCode();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return text(option -> option.isSecret() ? "***" : URLEncoder.encode(text(option), StandardCharsets.UTF_8));
    }

    private static String decode(String text, String shown) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("'" + shown + "' is not URL-encoded; write % as %25", malformed);
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

    boolean flag(Option option) {
        return Boolean.parseBoolean(text(option));
    }

    int integer(Option option) {
        return Integer.parseInt(text(option));
    }

    Duration millis(Option option) {
        return Duration.ofMillis(integer(option));
    }
}
