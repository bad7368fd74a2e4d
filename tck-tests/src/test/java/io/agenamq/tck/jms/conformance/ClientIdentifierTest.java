// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidClientIDRuntimeException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import org.junit.jupiter.api.Test;

/** Client identifiers (Jakarta Messaging 3.1 §6.1.2). */
class ClientIdentifierTest extends Rules {

    @Test
    void a_connection_has_none_until_one_is_set() throws Exception {
        Connection own = connect();
        assertThat(own.getClientID()).isNull();
        Connection named = connect();
        String id = unique("client");
        named.setClientID(id);
        assertThat(named.getClientID()).isEqualTo(id);
    }

    @Test
    void it_is_set_before_the_connection_is_used() throws Exception {
        Connection withSession = connect();
        withSession.createSession();
        assertThatThrownBy(() -> withSession.setClientID(unique("late"))).isInstanceOf(IllegalStateException.class);
        Connection withListener = connect();
        withListener.setExceptionListener(exception -> {});
        assertThatThrownBy(() -> withListener.setClientID(unique("late"))).isInstanceOf(IllegalStateException.class);
        Connection started = connect();
        started.start();
        assertThatThrownBy(() -> started.setClientID(unique("late"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void looking_at_a_connection_is_no_use_of_it() throws Exception {
        Connection own = connect();
        assertThat(own.getClientID()).isNull();
        assertThat(own.getMetaData()).isNotNull();
        assertThat(own.getExceptionListener()).isNull();
        own.stop();
        String id = unique("client");
        own.setClientID(id);
        assertThat(own.getClientID()).isEqualTo(id);
    }

    @Test
    void it_is_set_once() throws Exception {
        Connection own = connect();
        own.setClientID(unique("client"));
        assertThatThrownBy(() -> own.setClientID(unique("other"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void one_that_is_configured_cannot_be_set() throws Exception {
        String id = unique("configured");
        Connection own = closing(provider().factory(id).createConnection());
        assertThat(own.getClientID()).isEqualTo(id);
        assertThatThrownBy(() -> own.setClientID(unique("other"))).isInstanceOf(IllegalStateException.class);
        assertThat(own.getClientID()).isEqualTo(id);
    }

    @Test
    void one_that_is_configured_cannot_be_set_on_a_context() throws Exception {
        String id = unique("configured");
        JMSContext context = closing(provider().factory(id).createContext());
        assertThat(context.getClientID()).isEqualTo(id);
        assertThatThrownBy(() -> context.setClientID(unique("other"))).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void two_connections_do_not_have_the_same() throws Exception {
        String id = unique("client");
        Connection first = connect();
        first.setClientID(id);
        Connection second = connect();
        assertThatThrownBy(() -> second.setClientID(id)).isInstanceOf(InvalidClientIDException.class);
        JMSContext context = context();
        assertThatThrownBy(() -> context.setClientID(id)).isInstanceOf(InvalidClientIDRuntimeException.class);
    }

    @Test
    void one_that_is_in_use_is_refused_also_where_it_is_configured() throws Exception {
        String id = unique("client");
        Connection first = connect();
        first.setClientID(id);
        assertThatThrownBy(() -> provider().factory(id).createConnection()).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> provider().factory(id).createContext()).isInstanceOf(JMSRuntimeException.class);
    }

    @Test
    void it_is_free_as_soon_as_its_connection_is_closed() throws Exception {
        String id = unique("client");
        for (int i = 0; i < 5; i++) {
            Connection next = connect();
            next.setClientID(id);
            next.close();
        }
        try (JMSContext context = provider().factory(id).createContext()) {
            assertThat(context.getClientID()).isEqualTo(id);
        }
        Connection last = connect();
        last.setClientID(id);
    }

    @Test
    void a_connection_that_was_refused_one_may_set_another() throws Exception {
        String id = unique("client");
        Connection first = connect();
        first.setClientID(id);
        Connection second = connect();
        assertThatThrownBy(() -> second.setClientID(id)).isInstanceOf(InvalidClientIDException.class);
        String other = unique("client");
        second.setClientID(other);
        assertThat(second.getClientID()).isEqualTo(other);
    }

    @Test
    void a_context_sets_it_first_or_not_at_all() throws Exception {
        JMSContext fresh = context();
        String id = unique("client");
        fresh.setClientID(id);
        assertThat(fresh.getClientID()).isEqualTo(id);
        assertThatThrownBy(() -> fresh.setClientID(unique("other"))).isInstanceOf(IllegalStateRuntimeException.class);
        JMSContext used = context();
        used.createProducer().send(used.createQueue(unique("queue")), "a");
        assertThatThrownBy(() -> used.setClientID(unique("late"))).isInstanceOf(IllegalStateRuntimeException.class);
    }

    @Test
    void contexts_of_one_connection_have_the_same() throws Exception {
        JMSContext first = context();
        String id = unique("client");
        first.setClientID(id);
        JMSContext second = closing(first.createContext(JMSContext.AUTO_ACKNOWLEDGE));
        assertThat(second.getClientID()).isEqualTo(id);
    }
}
