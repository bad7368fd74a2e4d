// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedParameter;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;

/** One method that receives: what it wants, and how it is called. Any thread. */
final class ListenerMethod {

    private static final int CONCURRENCY_MAX = 1_000;

    private final Bean<?> bean;
    private final Method method;
    private final List<? extends AnnotatedParameter<?>> parameters;
    private final JmsListener terms;

    /**
     * Checks what can be checked without a connection.
     *
     * @throws IllegalArgumentException if it can never receive
     */
    ListenerMethod(Bean<?> bean, AnnotatedMethod<?> annotated, JmsListener terms) {
        this.bean = bean;
        this.method = annotated.getJavaMember();
        this.parameters = annotated.getParameters();
        this.terms = terms;
        int modifiers = method.getModifiers();
        require(!Modifier.isStatic(modifiers) && !Modifier.isPrivate(modifiers), "must be neither static nor private");
        require(!parameters.isEmpty(), "needs a parameter for the message, or for its body");
        require(!terms.destination().isEmpty(), "needs the name of a destination");
        require(
                terms.concurrency() >= 1 && terms.concurrency() <= CONCURRENCY_MAX,
                "has a concurrency of " + terms.concurrency() + "; it may be from 1 to " + CONCURRENCY_MAX);
        boolean subscribes =
                terms.durable() || terms.shared() || !terms.subscription().isEmpty();
        require(terms.topic() || !subscribes, "has a subscription, which only topics have; add topic = true");
        require(
                terms.subscription().isEmpty() == !(terms.durable() || terms.shared()),
                "needs a subscription's name exactly if it is durable or shared");
        require(
                !terms.topic() || terms.shared() || terms.concurrency() == 1,
                "would receive each message " + terms.concurrency() + " times; add shared = true and a subscription");
        method.setAccessible(true);
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(this + " " + otherwise);
        }
    }

    JmsListener terms() {
        return terms;
    }

    /**
     * Checks what is to be injected.
     *
     * @throws jakarta.enterprise.inject.InjectionException if it cannot be
     */
    void validate(BeanManager manager) {
        for (AnnotatedParameter<?> each : injected()) {
            manager.validate(manager.createInjectionPoint(each));
        }
    }

    private List<? extends AnnotatedParameter<?>> injected() {
        return parameters.subList(1, parameters.size());
    }

    /**
     * Calls it, in a request of its own.
     *
     * @throws Exception whatever it throws
     */
    void deliver(Message message, BeanManager manager) throws Exception {
        Object received = read(message);
        Instance<RequestContextController> requests = manager.createInstance().select(RequestContextController.class);
        RequestContextController request = requests.get();
        boolean begun = request.activate();
        try {
            call(received, manager);
        } finally {
            if (begun) {
                request.deactivate();
            }
            requests.destroy(request);
        }
    }

    private void call(Object received, BeanManager manager) throws Exception {
        CreationalContext<?> itself = manager.createCreationalContext(bean);
        CreationalContext<?> others = manager.createCreationalContext(null);
        try {
            Object target = manager.getReference(bean, bean.getBeanClass(), itself);
            Object[] arguments = new Object[parameters.size()];
            arguments[0] = received;
            for (AnnotatedParameter<?> each : injected()) {
                InjectionPoint into = manager.createInjectionPoint(each);
                arguments[each.getPosition()] = manager.getInjectableReference(into, others);
            }
            method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw thrown;
        } finally {
            others.release();
            if (bean.getScope() == Dependent.class) {
                itself.release();
            }
        }
    }

    private Object read(Message message) throws JMSException {
        Class<?> wanted = method.getParameterTypes()[0];
        if (wanted.isInstance(message)) {
            return message;
        }
        Object body = Message.class.isAssignableFrom(wanted) ? null : message.getBody(wanted);
        if (body == null) {
            throw new MessageFormatException(this + " takes a " + wanted.getName() + ", and message "
                    + message.getJMSMessageID() + " is none and has none as its body");
        }
        return body;
    }

    @Override
    public String toString() {
        return "@JmsListener " + method.getDeclaringClass().getName() + "." + method.getName();
    }
}
