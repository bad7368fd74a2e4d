// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

/**
 * The request codes of our extension for Jakarta Messaging. They are ordinary remoting commands on the ordinary port, so that one connection
 * does everything and a RocketMQ client never meets them.
 *
 * <pre>
 *   client                                           broker
 *     | RESOLVE topic, kind                             |   what is it, where does it live; created if it may be
 *     | ATTACH consumer, topic, selector, credit -----> |
 *     | <----------- DELIVER sequence 1..n, records     |   pushed as long as there is credit
 *     | ACKNOWLEDGE up to sequence, new credit -------> |
 *     | RELEASE seen sequence, epoch -----------------> |   the rest comes back, to whoever is there
 *     | DETACH -------------------------------------->  |
 *     | TRANSACTION_SEND 1..n, COMMIT ----------------> |   all of it in one batch of the log, or nothing
 *     | TRANSACTION_SEND 1..n, BRANCH_END, _PREPARE --> |   the same, but somebody else decides:
 *     | BRANCH_DECIDE --------------------------------> |   from whatever connection of the user
 * </pre>
 *
 * <p>A consumer is a number that the client chooses, unique on its connection. Deliveries of one consumer are numbered from 1 without gaps;
 * these sequence numbers, and not offsets, are what the client acknowledges and releases.
 */
public final class JmsCode {

    /** {@link JmsAttachRequest}: a consumer begins. */
    public static final int ATTACH = 20_000;

    /** {@link JmsDetachRequest}: a consumer ends. */
    public static final int DETACH = 20_001;

    /** {@link JmsCreditRequest}, one-way: a consumer can take more. */
    public static final int CREDIT = 20_002;

    /** {@link JmsDelivery}, broker to client, one-way: messages for a consumer. */
    public static final int DELIVER = 20_003;

    /** {@link JmsAcknowledgeRequest}: deliveries are settled. */
    public static final int ACKNOWLEDGE = 20_004;

    /** {@link JmsReleaseRequest}: deliveries are given back. */
    public static final int RELEASE = 20_005;

    /** {@link JmsProbeRequest}: is there anything for this consumer now? */
    public static final int PROBE = 20_006;

    /** {@link JmsBrowseRequest}: a page of messages that stay where they are. */
    public static final int BROWSE = 20_007;

    /** {@link JmsResolveRequest}: the kind and the queues of a destination. */
    public static final int RESOLVE = 20_008;

    /** {@link JmsUnsubscribeRequest}: a durable subscription ends. */
    public static final int UNSUBSCRIBE = 20_009;

    /** {@link JmsClientIdRequest}: a connection takes a client identifier, or gives it back. */
    public static final int CLIENT_ID = 20_010;

    /** {@link JmsTransactionSendRequest}, often one-way: a message that is stored when its transaction commits. */
    public static final int TRANSACTION_SEND = 20_011;

    /** {@link JmsCommitRequest}: a transaction's messages are stored and its deliveries settled, all or nothing. */
    public static final int COMMIT = 20_012;

    /** {@link JmsRollbackRequest}, often one-way: a transaction's messages are forgotten. */
    public static final int ROLLBACK = 20_013;

    /** {@link JmsOutcomeRequest}: was a transaction committed? */
    public static final int OUTCOME = 20_014;

    /** {@link JmsSettleRequest}: what became of deliveries of which the broker knows nothing any more. */
    public static final int SETTLE = 20_015;

    /** {@link JmsCreateTemporaryRequest}: a temporary destination of the connection begins, or goes on over this connection. */
    public static final int CREATE_TEMPORARY = 20_016;

    /** {@link JmsDeleteTemporaryRequest}: a temporary destination ends before its connection. */
    public static final int DELETE_TEMPORARY = 20_017;

    /** {@link JmsSubscriptionsRequest}: the durable subscriptions of a broker, for operators. */
    public static final int SUBSCRIPTIONS = 20_030;

    /** {@link JmsSeekRequest}: a durable subscription goes on from another place, for operators. */
    public static final int SEEK = 20_031;

    /** {@link JmsLoginRequest}: who a connection is; the first request on it. */
    public static final int LOGIN = 20_040;

    /** {@link JmsQueueStatusRequest}: what a queue holds and who consumes from it. */
    public static final int QUEUE_STATUS = 20_050;

    /** {@link JmsSweepRequest}: messages leave a queue, for good or for another queue. */
    public static final int SWEEP = 20_051;

    /** {@link JmsConfigureRequest}: an attribute of a destination changes. */
    public static final int CONFIGURE = 20_052;

    /** {@link JmsHomeRequest}, to a name server: where a destination lives, and where it is to live from now on. */
    public static final int HOME = 20_060;

    /** {@link JmsVacateRequest}: a named subscription is going to be one of a topic on another broker. */
    public static final int VACATE = 20_061;

    /** {@link JmsQueueSeekRequest}: a queue goes on from another place. */
    public static final int QUEUE_SEEK = 20_070;

    /** {@link JmsTraceFindRequest}: where is a message? */
    public static final int TRACE_FIND = 20_071;

    /** {@link JmsTraceStateRequest}: what about a message now? */
    public static final int TRACE_STATE = 20_072;

    /** {@link JmsTraceLogRequest}: what does the log say about a message? */
    public static final int TRACE_LOG = 20_073;

    /** {@link JmsBranchEndRequest}: what a session has sent and received becomes part of a branch. */
    public static final int BRANCH_END = 20_080;

    /** {@link JmsBranchPrepareRequest}: a branch waits for its decision from now on, whatever happens. */
    public static final int BRANCH_PREPARE = 20_081;

    /** {@link JmsBranchDecideRequest}: a branch is committed or rolled back. */
    public static final int BRANCH_DECIDE = 20_082;

    /** {@link JmsBranchRecoverRequest}: which branches wait for a decision? */
    public static final int BRANCH_RECOVER = 20_083;

    /** {@link JmsBranchForgetRequest}: an operator's decision need not be remembered any more. */
    public static final int BRANCH_FORGET = 20_084;

    /** {@link JmsBranchOutcomeRequest}, broker to broker: what became of a transaction? */
    public static final int BRANCH_OUTCOME = 20_085;

    /** {@link JmsBranchCheck}, broker to client, one-way: what became of a branch of the group? */
    public static final int BRANCH_CHECK = 20_086;

    /** {@link JmsGroupJoinRequest}: this connection can find out what became of branches of the group. */
    public static final int GROUP_JOIN = 20_087;

    /** {@link JmsBranchListRequest}: which branches are there? For operators. */
    public static final int BRANCH_LIST = 20_088;

    /** {@link JmsBranchResolveRequest}: an operator decides about a branch. */
    public static final int BRANCH_RESOLVE = 20_089;

    private JmsCode() {}
}
