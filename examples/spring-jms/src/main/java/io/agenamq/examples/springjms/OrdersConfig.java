// SPDX-License-Identifier: Apache-2.0
package io.agenamq.examples.springjms;

import io.agenamq.provider.AgenaConnectionFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jms.annotation.EnableJms;
import org.springframework.jms.config.DefaultJmsListenerContainerFactory;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.core.JmsTemplate;

/** All that an application configures. */
@Configuration(proxyBeanMethods = false)
@EnableJms
public class OrdersConfig {

    private static final int CACHED_SESSIONS = 4;
    private static final long RECEIVE_MILLIS = 60_000;

    /** The only line that knows AgenaMQ. */
    @Bean
    public AgenaConnectionFactory agena() {
        return new AgenaConnectionFactory("agena:embedded/spring-jms");
    }

    /** For {@code @JmsListener}: connections that stay. */
    @Bean
    public DefaultJmsListenerContainerFactory jmsListenerContainerFactory(AgenaConnectionFactory agena) {
        DefaultJmsListenerContainerFactory factory = new DefaultJmsListenerContainerFactory();
        factory.setConnectionFactory(agena);
        factory.setConcurrency("1-4");
        return factory;
    }

    /** For calls that open and close: sessions are kept in between. */
    @Bean
    public CachingConnectionFactory cached(AgenaConnectionFactory agena) {
        CachingConnectionFactory cached = new CachingConnectionFactory(agena);
        cached.setSessionCacheSize(CACHED_SESSIONS);
        return cached;
    }

    /** Sends and receives. */
    @Bean
    public JmsTemplate jmsTemplate(CachingConnectionFactory cached) {
        JmsTemplate template = new JmsTemplate(cached);
        template.setReceiveTimeout(RECEIVE_MILLIS);
        return template;
    }

    /** What is done with orders. */
    @Bean
    public OrderListener orderListener() {
        return new OrderListener();
    }
}
