// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import org.jspecify.annotations.Nullable;

/** Why a request of the Jakarta Messaging extension was refused, where RocketMQ has no response code for it. Codes are never reused. */
public enum JmsRefusal {

    /** The name belongs to a destination of another kind. */
    WRONG_KIND(20_100),

    /** There is no such destination, and it may not be created. */
    NO_SUCH_DESTINATION(20_101),

    /** The name cannot be that of a destination. */
    ILLEGAL_NAME(20_102),

    /** The selector does not parse. */
    INVALID_SELECTOR(20_103),

    /** No such consumer on this connection, or one of this number exists already. */
    NO_SUCH_CONSUMER(20_104),

    /** A bound of the broker is reached. */
    TOO_MUCH(20_105),

    /** The store takes nothing at present: disk full, or stopping. */
    STORE_REFUSES(20_106),

    /** Another connection has this client identifier. */
    CLIENT_ID_IN_USE(20_107),

    /** The subscription has a consumer, or messages in flight, or is another one than was described. */
    SUBSCRIPTION_IN_USE(20_108),

    /** There is no durable subscription of this name. */
    NO_SUCH_SUBSCRIPTION(20_109),

    /** The transaction cannot be committed, nothing of it was done, and nothing of it is kept: {@link JmsRolledBack}. */
    TRANSACTION_ROLLED_BACK(20_110),

    /** The destination lives on another broker: {@link JmsHome} says on which. */
    LIVES_ELSEWHERE(20_111),

    /** The destination lives on a broker that is away, or no name server can say where it lives. It may be there later. */
    HOME_AWAY(20_112),

    /** There is no such branch of this user: it never was, or is over and forgotten. */
    UNKNOWN_BRANCH(20_113),

    /** The branch was decided before, the other way, or is over: {@link JmsBranchDecided} says how. */
    BRANCH_DECIDED_OTHERWISE(20_114),

    /** The branch is not in the state that the request is for. */
    WRONG_BRANCH_STATE(20_115),

    /** The branch was neither prepared nor committed in its time; nothing of it was done, and nothing of it is kept. */
    BRANCH_TIMED_OUT(20_116),

    /** There is a branch of this identity, and it takes no more parts. */
    BRANCH_EXISTS(20_117);

    private final int code;

    JmsRefusal(int code) {
        this.code = code;
    }

    /** The response code. */
    public int code() {
        return code;
    }

    /** The refusal that {@code code} means, null for a code of RocketMQ's. */
    public static @Nullable JmsRefusal of(int code) {
        for (JmsRefusal refusal : values()) {
            if (refusal.code == code) {
                return refusal;
            }
        }
        return null;
    }
}
