// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.literal.NamedLiteral;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.XAConnectionFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds connection factories by name: beans first, then JNDI. The empty name is the default one: the only bean of its type, or the only one without a name,
 * or the platform's {@code java:comp/DefaultJMSConnectionFactory}. Any thread.
 */
final class Factories {

    private static final String PLATFORM_DEFAULT = "java:comp/DefaultJMSConnectionFactory";

    private final Instance<Object> beans;

    Factories(Instance<Object> beans) {
        this.beans = beans;
    }

    /**
     * Finds one.
     *
     * @throws JMSRuntimeException if there is none
     */
    ConnectionFactory find(String name) {
        ConnectionFactory found = find(name, ConnectionFactory.class);
        if (found == null) {
            throw missing(name, "jakarta.jms.ConnectionFactory");
        }
        return found;
    }

    /**
     * Finds one whose work can be a part of a transaction.
     *
     * @throws JMSRuntimeException if there is none
     */
    XAConnectionFactory findXa(String name) {
        XAConnectionFactory found = find(name, XAConnectionFactory.class);
        if (found != null) {
            return found;
        }
        if (find(name, ConnectionFactory.class) instanceof XAConnectionFactory both) {
            return both;
        }
        throw missing(name, "jakarta.jms.XAConnectionFactory, which an injected context needs inside a transaction");
    }

    private <T> @Nullable T find(String name, Class<T> type) {
        Instance<T> known = name.isEmpty() ? beans.select(type) : beans.select(type, NamedLiteral.of(name));
        if (known.isResolvable()) {
            return known.get();
        }
        if (known.isAmbiguous()) {
            return onlyWithoutName(known, type, name);
        }
        return Jndi.lookup(name.isEmpty() ? PLATFORM_DEFAULT : name, type);
    }

    /** A bean with a name is a default one, too, for CDI; here it is one that somebody wants by its name. */
    private static <T> T onlyWithoutName(Instance<T> several, Class<T> type, String name) {
        List<? extends Instance.Handle<T>> nameless = several.handlesStream()
                .filter(each -> each.getBean().getName() == null)
                .toList();
        if (nameless.size() == 1) {
            return nameless.get(0).get();
        }
        throw new JMSRuntimeException("there are several beans of type " + type.getName()
                + (name.isEmpty()
                        ? "; give all but one a name, or say with @JMSConnectionFactory which one"
                        : " named '" + name + "'"));
    }

    private static JMSRuntimeException missing(String name, String type) {
        return new JMSRuntimeException(
                name.isEmpty()
                        ? "there is no " + type
                                + " to inject contexts from; produce a bean of this type, or name one with @JMSConnectionFactory"
                        : "there is no " + type + " of the name '" + name + "'; produce a bean with @Named(\"" + name
                                + "\"), or bind one in JNDI");
    }
}
