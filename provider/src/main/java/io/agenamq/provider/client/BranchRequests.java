// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsBranch;
import io.agenamq.protocol.command.JmsBranchInfo;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.provider.client.ClientException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ReconnectingLink} asks about branches.
 *
 * <p>Handing over a part is tried once, over the connection that the part came by. Everything else concerns what a broker has by itself, and may be said more than
 * once: it is asked again, over whatever connection, until there is an answer. But not for as long as a link is otherwise patient: who decides has other
 * resources, which hold locks meanwhile, and comes back to what has failed.
 *
 * <p>Any thread; nothing blocks.
 */
final class BranchRequests {

    /** How long an answer is waited for, at most. */
    private static final Duration PATIENCE_MAX = Duration.ofSeconds(10);

    private final Wire wire;
    private final ReconnectingLink link;

    BranchRequests(Wire wire, ReconnectingLink link) {
        this.wire = wire;
        this.link = link;
    }

    /** See {@link Link#end}. */
    CompletableFuture<Long> end(
            JmsBranch branch,
            JmsTransaction part,
            Route.@Nullable Home home,
            int messages,
            List<Link.Settled> settled,
            Duration timeout) {
        Route.Home at = home;
        List<Link.Settled> present = new ArrayList<>(settled.size());
        for (Link.Settled each : settled) {
            if (!(each.consumer() instanceof Attachment attachment)) {
                throw new IllegalArgumentException("not a consumer of this link: " + each.consumer());
            }
            ConsumerLink over = attachment.current();
            if (over == null) {
                return CompletableFuture.failedFuture(new ClientException(
                        Reason.TRANSACTION_ROLLED_BACK, "a connection that it had received over was lost"));
            }
            at = at == null ? attachment.home() : at;
            present.add(each.over(over));
            attachment.leaveToTransaction(each.from(), each.to());
        }
        if (at == null) {
            return CompletableFuture.completedFuture(0L);
        }
        return wire.end(link.path(at).now(at), branch, part, messages, present, timeout);
    }

    /** See {@link Link#prepare}. */
    CompletableFuture<Boolean> prepare(JmsBranch branch, String broker, String decider, long life) {
        return ask(broker, home -> wire.prepare(home, branch, decider, life));
    }

    /** See {@link Link#decide}. */
    CompletableFuture<Void> decide(JmsBranch branch, String broker, boolean commit, boolean onePhase, long life) {
        return ask(broker, home -> wire.decide(home, branch, commit, onePhase, life));
    }

    /** See {@link Link#announce}. */
    CompletableFuture<Void> announce(JmsBranch branch, String broker, boolean commit) {
        return ask(broker, home -> wire.announce(home, branch, commit));
    }

    /** See {@link Link#forget}. */
    CompletableFuture<Void> forget(JmsBranch branch, String broker) {
        return ask(broker, home -> wire.forget(home, branch));
    }

    /** See {@link Link#recover}. */
    CompletableFuture<List<BranchAt>> recover(JmsBranch.Kind kind, Set<String> expected) {
        return link.insist(wire::brokers, this::patienceNanos).thenCompose(homes -> {
            List<CompletableFuture<List<BranchAt>>> answers = new ArrayList<>();
            for (Route.Home home : homes) {
                answers.add(
                        ask(home.broker(), at -> wire.recover(at, kind)).thenApply(infos -> at(home.broker(), infos)));
            }
            for (String broker : expected) {
                if (homes.stream().noneMatch(home -> home.broker().equals(broker))) {
                    answers.add(CompletableFuture.failedFuture(new ClientException(
                            Reason.UNREACHABLE, "broker " + broker + " is away, and branches may be there")));
                }
            }
            return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                    .thenApply(all -> answers.stream()
                            .flatMap(answer -> answer.join().stream())
                            .toList());
        });
    }

    private static List<BranchAt> at(String broker, List<JmsBranchInfo> infos) {
        return infos.stream().map(info -> new BranchAt(broker, info)).toList();
    }

    private <T> CompletableFuture<T> ask(String broker, Function<Route.Home, CompletableFuture<T>> question) {
        return link.insist(
                () -> home(broker)
                        .thenCompose(home -> link.path(home).reach(home))
                        .thenCompose(question)
                        .exceptionallyCompose(BranchRequests::askAgainIfAway),
                this::patienceNanos);
    }

    private CompletableFuture<Route.Home> home(String broker) {
        BrokerPath known = link.knownPath(broker);
        return known == null
                ? wire.broker(broker)
                : CompletableFuture.completedFuture(new Route.Home(broker, known.address(), 1));
    }

    /** A broker that the name servers do not know may come back; what had no answer may be asked again. */
    private static <T> CompletableFuture<T> askAgainIfAway(Throwable failure) {
        ClientException why = ClientException.of(failure);
        Reason reason =
                switch (why.reason()) {
                    case NO_SUCH_DESTINATION -> Reason.UNREACHABLE;
                    case TIMED_OUT -> Reason.CONNECTION_LOST;
                    default -> why.reason();
                };
        return CompletableFuture.failedFuture(
                reason == why.reason() ? why : new ClientException(reason, String.valueOf(why.getMessage()), why));
    }

    private long patienceNanos() {
        return Math.min(link.patienceNanos(), PATIENCE_MAX.toNanos());
    }
}
