// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import static io.agenamq.provider.session.Unchecked.act;
import static io.agenamq.provider.session.Unchecked.maybe;

import io.agenamq.provider.message.AgenaMessage;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageListener;
import org.jspecify.annotations.Nullable;

/** A consumer of the simplified API. A body that cannot be had leaves its message with the consumer (Jakarta Messaging 3.1 §8.6). */
final class AgenaJmsConsumer implements JMSConsumer {

    private final AgenaConsumer consumer;

    AgenaJmsConsumer(AgenaConsumer consumer) {
        this.consumer = consumer;
    }

    @Override
    public @Nullable String getMessageSelector() {
        return maybe(consumer::getMessageSelector);
    }

    @Override
    public @Nullable MessageListener getMessageListener() {
        return maybe(consumer::getMessageListener);
    }

    @Override
    public void setMessageListener(@Nullable MessageListener listener) {
        act(() -> consumer.setMessageListener(listener));
    }

    @Override
    public @Nullable Message receive() {
        return maybe(() -> consumer.receive());
    }

    @Override
    public @Nullable Message receive(long timeout) {
        return maybe(() -> consumer.receive(timeout));
    }

    @Override
    public @Nullable Message receiveNoWait() {
        return maybe(consumer::receiveNoWait);
    }

    @Override
    public void close() {
        act(consumer::close);
    }

    @Override
    public <T> @Nullable T receiveBody(Class<T> type) {
        return receiveBody(type, 0);
    }

    @Override
    public <T> @Nullable T receiveBody(Class<T> type, long timeout) {
        return body(type, () -> consumer.receive(timeout, message -> requireBody(message, type)));
    }

    @Override
    public <T> @Nullable T receiveBodyNoWait(Class<T> type) {
        return body(type, () -> consumer.receiveNoWait(message -> requireBody(message, type)));
    }

    private static <T> @Nullable T body(Class<T> type, Unchecked.MaybeCall<Message> received) {
        Message message = maybe(received);
        return message == null ? null : maybe(() -> message.getBody(type));
    }

    private static void requireBody(AgenaMessage message, Class<?> type) throws JMSException {
        if (!message.hasBody() || !message.isBodyAssignableTo(type)) {
            throw new MessageFormatException(
                    message.hasBody()
                            ? "the body of " + message + " cannot be had as " + type.getName()
                            : message + " has no body");
        }
    }
}
