// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.access;

import io.agenamq.broker.config.AnonymousAccess;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsLoginRequest;
import io.agenamq.protocol.command.JmsLoginResponse;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Connection;
import io.agenamq.remoting.ConnectionListener;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import io.agenamq.remoting.RequestHandler;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door of a broker: decides for each connection whether it is served.
 *
 * <pre>
 *   opened ──▶ may be anonymous here? ── yes ──▶ served ──── login ──▶ served as a user
 *                      └─────────────── no ───▶ refused ─── login ──▶ served as a user
 * </pre>
 *
 * <p>It does not matter what the connection speaks: a native RocketMQ client, which does not log in, is served where connections may be
 * anonymous ({@link AnonymousAccess}) and refused elsewhere, with a reason that names the option. A user who is removed, or gets another
 * password, loses the connections that he has ({@link #expel}).
 *
 * <p>Passwords are checked by the executor that it is given, which is bounded; when that is full a login is refused as busy.
 */
public final class Admission implements ConnectionListener {

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private static final String WRONG = "the user name or the password is wrong";

    private final JmsLoginResponse granted;
    private final AnonymousAccess anonymous;
    private final UserDirectory directory;
    private final Executor logins;
    private final PasswordCheck passwords;
    private final RefusalLog refusals;

    /** Connections of users, and what their passwords were checked with. */
    private final Map<Connection, LoggedIn> loggedIn = new ConcurrentHashMap<>();

    private record LoggedIn(String user, PasswordHash hash) {}

    /**
     * A door.
     *
     * @param broker name of the broker behind it
     * @param logins where passwords are checked; bounded
     * @param nanoClock nanoseconds since some moment
     */
    public Admission(
            String broker,
            AnonymousAccess anonymous,
            UserDirectory directory,
            Executor logins,
            SecureRandom random,
            LongSupplier nanoClock) {
        this.granted = new JmsLoginResponse(broker);
        this.anonymous = anonymous;
        this.directory = directory;
        this.logins = logins;
        this.passwords = new PasswordCheck(random);
        this.refusals = new RefusalLog(nanoClock);
    }

    /** The handlers of a server behind this door, and the one that opens it. */
    public HandlerTable guard(HandlerTable handlers) {
        return handlers.behind(this::guarded).register(JmsCode.LOGIN, this::login);
    }

    private RequestHandler guarded(RequestHandler handler) {
        return request -> {
            if (request.connection().attachment(Principal.class) == null) {
                throw new ProtocolException(ResponseCode.NO_PERMISSION, needsUser());
            }
            handler.handle(request);
        };
    }

    private String needsUser() {
        return "a connection from there needs a user and a password: this broker runs with anonymousAccess="
                + anonymous;
    }

    @Override
    public void opened(Connection connection) {
        boolean admitted =
                switch (anonymous) {
                    case ALL -> true;
                    case LOOPBACK -> connection.remoteAddress().getAddress().isLoopbackAddress();
                    case NONE -> false;
                };
        if (admitted) {
            connection.attach(Principal.class, Principal.ANONYMOUS);
        }
    }

    @Override
    public void closed(Connection connection) {
        loggedIn.remove(connection);
    }

    // ---- logging in; on the event loop as far as the executor

    private void login(Request request) {
        String user = JmsLoginRequest.readFrom(request.frame().fields()).user();
        Connection connection = request.connection();
        if (user == null) {
            if (connection.attachment(Principal.class) == null) {
                throw new ProtocolException(ResponseCode.NO_PERMISSION, needsUser());
            }
            request.reply(granted);
            return;
        }
        if (Principal.of(connection).user() != null) {
            throw new ProtocolException(ResponseCode.NO_PERMISSION, "the connection has logged in already");
        }
        char[] password = password(request.frame().body());
        try {
            logins.execute(() -> check(request, user, password));
        } catch (RejectedExecutionException full) {
            throw new ProtocolException(
                    ResponseCode.SYSTEM_BUSY, "too many want to log in at once; try again in a moment");
        }
    }

    private static char[] password(ByteBuffer body) {
        if (body.remaining() > JmsLoginRequest.PASSWORD_BYTES_MAX) {
            throw new ProtocolException(ResponseCode.NO_PERMISSION, WRONG);
        }
        CharBuffer chars = StandardCharsets.UTF_8.decode(body);
        char[] password = new char[chars.remaining()];
        chars.get(password);
        return password;
    }

    /** On the login thread. */
    private void check(Request request, String user, char[] password) {
        Connection connection = request.connection();
        try {
            Users users = directory.users();
            PasswordHash hash = passwords.check(users, user, password);
            if (hash != null) {
                connection.attach(Principal.class, new Principal(user));
                loggedIn.put(connection, new LoggedIn(user, hash));
                // It may have ended before it was entered.
                connection.onClose(() -> loggedIn.remove(connection));
                request.reply(granted);
                return;
            }
            refusals.refused("login of user '" + Users.printable(user) + "' from " + connection.remoteAddress()
                    + " refused: "
                    + (users.has(user) ? "wrong password" : "there is no such user; 'agena user add' makes one"));
            request.refuse(
                    ResponseCode.NO_PERMISSION,
                    users.isEmpty() ? WRONG + ": this broker has no users; 'agena user add NAME' makes one" : WRONG);
        } catch (RuntimeException failed) {
            // The top of the task: the peer gets an answer, the operator gets the trace.
            LOG.error("the login of {} could not be checked", connection.remoteAddress(), failed);
            request.refuse(ResponseCode.SYSTEM_ERROR, "the login could not be checked: " + failed);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /** Ends the connections of users who are gone or have another password. Reads the disk; about once a second. */
    public void expel() {
        if (loggedIn.isEmpty()) {
            return;
        }
        Users users = directory.users();
        loggedIn.forEach((connection, who) -> {
            PasswordHash now = users.password(who.user());
            if (now == null || !now.text().equals(who.hash().text())) {
                connection.close("user '" + who.user() + "' was removed or has another password");
            }
        });
    }

    /** What the operator of a broker that can be reached from other machines should know; one line each. */
    public List<String> warnings(boolean listensBeyondThisMachine, String data) {
        List<String> warnings = new ArrayList<>();
        if (!listensBeyondThisMachine) {
            return warnings;
        }
        if (anonymous == AnonymousAccess.ALL) {
            warnings.add("everybody who reaches this broker may read and write everything (anonymousAccess=ALL)");
        } else if (directory.users().isEmpty()) {
            warnings.add("clients of other machines are refused, for there are no users: 'agena user add NAME --data "
                    + data + "' makes one, anonymousAccess=ALL lets everybody in");
        } else {
            warnings.add("clients of other machines must log in; RocketMQ's own clients cannot, and are refused unless "
                    + "anonymousAccess=ALL lets everybody in");
        }
        return warnings;
    }
}
