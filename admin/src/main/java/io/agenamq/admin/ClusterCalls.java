// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsLoginRequest;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.ConnectionListener;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import io.agenamq.remoting.RemotingException;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Blocking calls to name servers and brokers; a call that fails becomes an {@link AdminException} with one line for people. */
final class ClusterCalls implements Closeable {
    private final RemotingClient remoting;
    private final List<HostPort> nameServers;
    private final @Nullable Credentials credentials;
    private final Duration timeout;

    /**
     * @param nameServers {@code host:port}, several separated by semicolons or commas
     * @param credentials who logs in at brokers; null for nobody in particular
     */
    ClusterCalls(String nameServers, @Nullable Credentials credentials, Duration timeout) {
        this.nameServers = parse(nameServers);
        this.credentials = credentials;
        this.timeout = timeout;
        this.remoting = new RemotingClient(
                RemotingClientConfig.defaults().withThreadName("agena-admin-io"),
                new HandlerTable(),
                ConnectionListener.NONE,
                this::login);
    }

    /** Says who this is on a new connection to a broker; name servers do not ask. */
    private CompletableFuture<Void> login(HostPort address, Connection connection) {
        if (credentials == null || nameServers.contains(address)) {
            return CompletableFuture.completedFuture(null);
        }
        Body password = Body.of(credentials.password().getBytes(StandardCharsets.UTF_8));
        return connection
                .call(JmsCode.LOGIN, new JmsLoginRequest(credentials.user()), password, timeout)
                .thenAccept(answer -> expectSuccess(answer, "logging in at " + address + " as " + credentials));
    }

    private static List<HostPort> parse(String nameServers) {
        List<HostPort> addresses = new ArrayList<>();
        for (String address : nameServers.split("[;,]", -1)) {
            if (!address.isBlank()) {
                addresses.add(parseOne(address.strip()));
            }
        }
        if (addresses.isEmpty()) {
            throw new AdminException("no name server given; expected host:port, for example 127.0.0.1:9876");
        }
        return List.copyOf(addresses);
    }

    private static HostPort parseOne(String address) {
        try {
            return HostPort.parse(address);
        } catch (IllegalArgumentException e) {
            throw new AdminException(
                    "name server address: " + e.getMessage() + "; expected host:port, for example 127.0.0.1:9876", e);
        }
    }

    List<HostPort> nameServers() {
        return nameServers;
    }

    /** Asks the name servers in turn, until one answers whatever it answers. */
    Frame askNameServer(int code, Header header) {
        List<String> failures = new ArrayList<>();
        RemotingException last = null;
        for (HostPort nameServer : nameServers) {
            try {
                return call(nameServer, code, header, Body.EMPTY, timeout);
            } catch (RemotingException e) {
                failures.add(nameServer + " (" + reason(e) + ")");
                last = e;
            }
        }
        throw new AdminException(
                "no name server answers at " + String.join(", ", failures)
                        + "; start one with 'agena start', or say where it is with --namesrv",
                last);
    }

    /** Asks a broker; the answer may be a refusal. */
    Frame askBroker(String address, int code, Header header, Body body) {
        return askBroker(address, code, header, body, timeout);
    }

    /** Asks a broker, with a time-out of the caller's choice; the answer may be a refusal. */
    Frame askBroker(String address, int code, Header header, Body body, Duration within) {
        try {
            return call(HostPort.parse(address), code, header, body, within);
        } catch (RemotingException e) {
            throw new AdminException(
                    "the broker at " + address + " does not answer (" + reason(e)
                            + "); its address comes from the name server: check that this machine can reach it",
                    e);
        } catch (IllegalArgumentException e) {
            throw new AdminException("the name server names a broker at '" + address + "', which is no address", e);
        }
    }

    /** The answer if it is a success, or a line made of its code and remark. */
    static Frame expectSuccess(Frame answer, String doing) {
        if (answer.code() != ResponseCode.SUCCESS) {
            throw refused(answer, doing);
        }
        return answer;
    }

    static AdminException refused(Frame answer, String doing) {
        String remark = answer.remark();
        return new AdminException(doing + ": " + (remark == null || remark.isBlank() ? "refused" : remark.strip())
                + " (code " + answer.code() + ")");
    }

    private Frame call(HostPort address, int code, Header header, Body body, Duration within) {
        try {
            return remoting.call(address, code, header, body, within).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdminException("interrupted while waiting for " + address, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RemotingException failure) {
                throw failure;
            }
            if (cause instanceof AdminException refused) {
                throw refused;
            }
            if (cause instanceof ProtocolException malformed) {
                throw new AdminException(
                        address + " answers with something that is not RocketMQ's protocol: " + malformed.getMessage(),
                        malformed);
            }
            throw new IllegalStateException("a call to " + address + " failed", cause);
        }
    }

    private static String reason(RemotingException e) {
        return switch (e.reason()) {
            case CONNECT_FAILED ->
                rootMessage(e).toLowerCase(Locale.ROOT).contains("refused")
                        ? "connection refused"
                        : "no connection: " + rootMessage(e);
            case CLOSED -> "it closed the connection";
            case TIMED_OUT -> "no answer in time";
            case OVERLOADED -> "too much is waiting already";
        };
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return String.valueOf(root.getMessage());
    }

    @Override
    public void close() {
        remoting.close();
    }
}
