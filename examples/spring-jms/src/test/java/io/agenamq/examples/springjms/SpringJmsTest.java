// SPDX-License-Identifier: Apache-2.0
package io.agenamq.examples.springjms;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.provider.AgenaConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.MessageListener;
import jakarta.jms.Session;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.listener.DefaultMessageListenerContainer;

class SpringJmsTest {

    private AnnotationConfigApplicationContext context;
    private JmsTemplate template;

    @BeforeEach
    void start() {
        context = new AnnotationConfigApplicationContext(OrdersConfig.class);
        template = context.getBean(JmsTemplate.class);
    }

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    void a_template_sends_and_a_listener_replies() {
        TreeSet<Object> confirmed = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            template.convertAndSend("orders", "o-" + (10 + i));
        }
        for (int i = 0; i < 20; i++) {
            confirmed.add(template.receiveAndConvert("confirmations"));
        }

        assertThat(confirmed).hasSize(20).startsWith("confirmed o-10").endsWith("confirmed o-29");
    }

    @Test
    void maps_headers_and_selectors_go_through() throws JMSException {
        template.convertAndSend("stock", Map.of("apples", 3), message -> {
            message.setStringProperty("colour", "green");
            message.setJMSCorrelationID("c-1");
            return message;
        });

        assertThat(template.receiveSelectedAndConvert("stock", "colour = 'green' AND JMSCorrelationID = 'c-1'"))
                .isEqualTo(Map.of("apples", 3));
    }

    @Test
    void a_listener_that_fails_gets_its_message_again() throws Exception {
        BlockingQueue<Boolean> redelivered = new LinkedBlockingQueue<>();
        DefaultMessageListenerContainer container = new DefaultMessageListenerContainer();
        container.setConnectionFactory(context.getBean(AgenaConnectionFactory.class));
        container.setDestinationName("returns");
        container.setSessionAcknowledgeMode(Session.CLIENT_ACKNOWLEDGE);
        container.setErrorHandler(expected -> {});
        container.setMessageListener((MessageListener) message -> {
            try {
                redelivered.add(message.getJMSRedelivered());
                if (!message.getJMSRedelivered()) {
                    throw new IllegalStateException("the first time it fails");
                }
            } catch (JMSException failed) {
                throw new IllegalStateException(failed);
            }
        });
        container.afterPropertiesSet();
        container.start();
        try {
            template.convertAndSend("returns", "broken");

            assertThat(redelivered.poll(60, TimeUnit.SECONDS)).isFalse();
            assertThat(redelivered.poll(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            container.shutdown();
        }
        template.setReceiveTimeout(1);
        assertThat(template.receive("returns")).isNull();
    }
}
