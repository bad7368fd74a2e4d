// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.broker.transaction.LocalTransactions;
import io.agenamq.broker.transaction.OpenTransaction;
import io.agenamq.protocol.command.JmsTransactionSendRequest;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Request;
import io.agenamq.remoting.RequestHandler;

/**
 * A message of a Jakarta Messaging transaction: checked like any other, and kept until the transaction is decided. Most of these requests are
 * one-way; a message that is refused dooms its transaction, so that the commit says what was wrong. Runs on event loops.
 */
final class TransactionSendHandler implements RequestHandler {

    private final SendHandler sends;
    private final LocalTransactions transactions;

    TransactionSendHandler(SendHandler sends, LocalTransactions transactions) {
        this.sends = sends;
        this.transactions = transactions;
    }

    @Override
    public void handle(Request request) {
        JmsTransactionSendRequest held =
                JmsTransactionSendRequest.readFrom(request.frame().fields());
        OpenTransaction transaction = transactions.open(request.connection(), held.transaction());
        try {
            transaction.expect(held.index());
            sends.addTo(transaction, request, held.send());
        } catch (ProtocolException refused) {
            transaction.doom(refused);
            throw refused;
        }
        request.reply(Header.NONE);
    }
}
