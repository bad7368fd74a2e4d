// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.HandlerTable;

/**
 * Codes of mechanisms that this version does not have, refused with their reason. A consumer whose message is not taken back (36) publishes
 * it to its group's retry topic itself, which works; so nothing is lost.
 */
final class UnavailableHandler {

    private UnavailableHandler() {}

    static void enterInto(HandlerTable table) {
        refuse(
                table,
                RequestCode.CONSUMER_SEND_MSG_BACK,
                "taking messages back with a delay is not available in this version of AgenaMQ; "
                        + "the client sends the message to the group's retry topic itself");
        noStatistics(table);
    }

    /** Statistics by name do not exist; the answer is the one that tools take as "nothing counted yet". */
    private static void noStatistics(HandlerTable table) {
        table.register(RequestCode.VIEW_BROKER_STATS_DATA, request -> {
            String name = request.frame().fields().requireText("statsName");
            String key = request.frame().fields().requireText("statsKey");
            throw new ProtocolException(ResponseCode.SYSTEM_ERROR, "The stats <" + name + "> <" + key + "> not exist");
        });
    }

    private static void refuse(HandlerTable table, int code, String reason) {
        table.register(code, request -> {
            throw new ProtocolException(ResponseCode.REQUEST_CODE_NOT_SUPPORTED, reason);
        });
    }
}
