// SPDX-License-Identifier: Apache-2.0
package io.agenamq.admin;

import io.agenamq.protocol.command.JmsBranchInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A branch of a transaction at one moment: the part of it that one broker has.
 *
 * @param broker name of the broker that has it
 * @param id kind, colon, identity
 * @param kind who decides: {@code xa}, {@code local}, {@code tab}
 * @param user whose it is, null for nobody's
 * @param state {@code active}, {@code prepared}, or, if an operator has decided, {@code committed} or {@code rolled back}
 * @param heuristic whether an operator has decided
 * @param since when it was prepared or decided, or, before that, when its first part came
 * @param messages how many messages it has
 * @param deliveries how many messages it has received and holds
 * @param destinations what either is about, some of them if there are many
 * @param decider name of the home broker or of the group; null for a transaction manager
 */
public record BranchStatus(
        String broker,
        String id,
        String kind,
        @Nullable String user,
        String state,
        boolean heuristic,
        Instant since,
        long messages,
        long deliveries,
        List<String> destinations,
        @Nullable String decider) {

    static BranchStatus of(String broker, JmsBranchInfo info) {
        return new BranchStatus(
                broker,
                info.branch().toString(),
                info.branch().kind().word(),
                info.user(),
                info.state().word(),
                info.heuristic(),
                Instant.ofEpochMilli(info.since()),
                info.messages(),
                info.deliveries(),
                info.destinations(),
                info.decider().isEmpty() ? null : info.decider());
    }
}
