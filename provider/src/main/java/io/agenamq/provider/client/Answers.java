// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsBranchDecided;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsRolledBack;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.remoting.RemotingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** From the answers of servers to results and {@link ClientException}s: the one table of response codes and reasons. */
final class Answers {

    private Answers() {}

    /** The result that {@code read} makes of a successful answer; every other outcome is a {@link ClientException}. */
    static <T> CompletableFuture<T> map(CompletableFuture<Frame> answer, Function<Frame, T> read) {
        return answer.handle((frame, failure) -> {
            if (failure != null) {
                throw failure(failure);
            }
            if (frame.code() != ResponseCode.SUCCESS) {
                throw refusal(frame);
            }
            return read.apply(frame);
        });
    }

    static ClientException failure(Throwable failure) {
        Throwable inner =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (inner instanceof ClientException already) {
            return already;
        }
        String message = String.valueOf(inner.getMessage());
        if (!(inner instanceof RemotingException remoting)) {
            return new ClientException(Reason.REFUSED, message, inner);
        }
        return new ClientException(
                switch (remoting.reason()) {
                    case CONNECT_FAILED -> Reason.UNREACHABLE;
                    case CLOSED -> Reason.CONNECTION_LOST;
                    case TIMED_OUT -> Reason.TIMED_OUT;
                    case OVERLOADED -> Reason.TOO_MUCH;
                },
                message,
                inner);
    }

    static ClientException refusal(Frame frame) {
        String remark = frame.remark();
        String message = remark == null ? "refused with code " + ResponseCode.nameOf(frame.code()) : remark;
        if (frame.code() == JmsRefusal.TRANSACTION_ROLLED_BACK.code()) {
            int cause = JmsRolledBack.readFrom(frame.fields()).cause();
            return new ClientException(
                    Reason.TRANSACTION_ROLLED_BACK, message, new ClientException(reason(cause), message));
        }
        if (frame.code() == JmsRefusal.BRANCH_DECIDED_OTHERWISE.code()) {
            boolean committed = JmsBranchDecided.readFrom(frame.fields()).committed();
            return new ClientException(committed ? Reason.BRANCH_COMMITTED : Reason.BRANCH_ROLLED_BACK, message);
        }
        return new ClientException(reason(frame.code()), message);
    }

    private static Reason reason(int code) {
        JmsRefusal refusal = JmsRefusal.of(code);
        if (refusal != null) {
            return switch (refusal) {
                case WRONG_KIND -> Reason.WRONG_KIND;
                case NO_SUCH_DESTINATION -> Reason.NO_SUCH_DESTINATION;
                case ILLEGAL_NAME -> Reason.ILLEGAL_NAME;
                case INVALID_SELECTOR -> Reason.INVALID_SELECTOR;
                case NO_SUCH_CONSUMER -> Reason.REFUSED;
                case TOO_MUCH -> Reason.TOO_MUCH;
                case STORE_REFUSES -> Reason.STORE_REFUSES;
                case CLIENT_ID_IN_USE -> Reason.CLIENT_ID_IN_USE;
                case SUBSCRIPTION_IN_USE -> Reason.SUBSCRIPTION_IN_USE;
                case NO_SUCH_SUBSCRIPTION -> Reason.NO_SUCH_SUBSCRIPTION;
                case TRANSACTION_ROLLED_BACK -> Reason.TRANSACTION_ROLLED_BACK;
                case LIVES_ELSEWHERE, HOME_AWAY -> Reason.UNREACHABLE;
                case UNKNOWN_BRANCH -> Reason.UNKNOWN_BRANCH;
                case WRONG_BRANCH_STATE -> Reason.WRONG_BRANCH_STATE;
                case BRANCH_TIMED_OUT -> Reason.BRANCH_TIMED_OUT;
                case BRANCH_EXISTS -> Reason.BRANCH_EXISTS;
                // Its header says how.
                case BRANCH_DECIDED_OTHERWISE -> Reason.REFUSED;
            };
        }
        return switch (code) {
            case ResponseCode.TOPIC_NOT_EXIST -> Reason.NO_SUCH_DESTINATION;
            case ResponseCode.MESSAGE_ILLEGAL -> Reason.MESSAGE_ILLEGAL;
            case ResponseCode.INVALID_PARAMETER -> Reason.ILLEGAL_NAME;
            case ResponseCode.SERVICE_NOT_AVAILABLE -> Reason.STORE_REFUSES;
            case ResponseCode.SYSTEM_BUSY, ResponseCode.FLOW_CONTROL -> Reason.TOO_MUCH;
            case ResponseCode.NO_PERMISSION -> Reason.NOT_ALLOWED;
            case ResponseCode.FLUSH_DISK_TIMEOUT, ResponseCode.FLUSH_SLAVE_TIMEOUT, ResponseCode.SLAVE_NOT_AVAILABLE ->
                Reason.TIMED_OUT;
            default -> Reason.REFUSED;
        };
    }
}
